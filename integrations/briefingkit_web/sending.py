"""The sender beside the page: who registers is written to within seconds, and what is due goes when it is due."""

from typing import TYPE_CHECKING

from briefingkit_web.site import reopened

if TYPE_CHECKING:
    from briefingkit.mailing.outgoing.sender import Sender
    from briefingkit.project import Project

__all__ = ["sender_of"]


def sender_of(project: "Project") -> "Sender | None":
    """Give a sender for a project, as its file says at each round; None where it says nothing of mail.

    Give it to `app`. It holds the ledger only while it is at work, and one in each of several processes does no harm.
    """
    if project.settings.mail is None:
        return None
    from briefingkit.mailing.outgoing.sender import Sender

    return Sender(lambda: reopened(project).office(), project.settings.mail.every)
