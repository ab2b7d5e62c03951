"""The members of a Google Group as an audience: the settings of the target, and what may be wrong with it in words."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.model.addresses import check_email
from briefingkit.publish.account import Standing
from briefingkit_google.auth import group_scopes
from briefingkit_google.people.nothing_published import NothingPublished
from briefingkit_google.target import GoogleTarget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefingkit.mailing.people.known_people import Heard
    from briefingkit.model import Briefing
    from briefingkit_google.client import Session
    from briefingkit_google.faults import Fault

__all__ = ["GoogleGroup", "group_problem", "unreadable"]

_OF_CONSUMERS: Final = "@googlegroups.com"


def _check_group(instance: object, attribute: Any, value: str) -> None:
    check_email(instance, attribute, value)
    if value.lower().endswith(_OF_CONSUMERS):
        raise ModelError(
            "a group at googlegroups.com belongs to no organisation, and Google tells no program who is in it",
            field=attribute.name,
        )


@frozen
class GoogleGroup(NothingPublished, GoogleTarget):
    """The people of a group of a Google Workspace organisation. docs/reference/google-people.md has more.

    `group` is its address, or an alias of it. Who asks has to administer groups: `auth` is a service account with that
    role, one that acts for an administrator, or an administrator who has signed in.
    """

    group: str = field(validator=_check_group)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The least that Google must let us do."""
        return group_scopes()

    def people(self, briefing: "Briefing") -> "Iterator[Heard]":  # noqa: ARG002 - a group is the same for all
        """Give the members, those of the groups in it too, page by page; a group knows neither names nor languages.

        Raises IntegrationError where the group cannot be read.
        """
        from briefingkit_google.people.membership import members_of

        # A generator, so that the settings live as long as it is read: with them the session ends.
        yield from members_of(self.open_session(), self.group)

    def open_session(self) -> "Session":
        """Return this thread's session with the directory. IntegrationError where there are no credentials."""
        from briefingkit_google.client import Api, session_of

        return session_of(self, Api("admin", "directory_v1", self.scopes))

    def look(self, session: "Session") -> Standing:
        """Tell whether the group is to be seen; nobody is read. Raises IntegrationError."""
        from briefingkit_google.people.membership import first_problem

        problem = first_problem(session, self.group)
        return Standing(problems=(problem,)) if problem else Standing(sees=(f"the group {self.group}",))


def group_problem(session: "Session", group: str, fault: "Fault") -> str:
    """Say why the members of a group cannot be read, and what to do."""
    who = session.account
    if fault.gone:
        return (
            f"{who} sees no group {group}: check its address; it has to be one of the organisation's own, and a new "
            "one may take some minutes"
        )
    if fault.reason == "domainCannotUseApis":
        return (
            f"the organisation of {group} lets no program read it: it is another's, or its administrator turned that "
            "off at admin.google.com, Security > Access and data control > API controls"
        )
    if fault.status == HTTPStatus.FORBIDDEN:
        return (
            f"{who} may not read who is in {group}: that takes an administrator of groups. At admin.google.com, "
            "Account > Admin roles, give the account a role with the privilege Admin API > Groups > Read (a "
            "service account may have a role as well), or name in auth's subject an administrator whom the service "
            "account acts for. Of another organisation's group nobody here may"
        )
    return f"the group {group}: {fault.words}"


def unreadable(session: "Session", group: str, fault: "Fault") -> IntegrationError:
    """Make the error of a group that cannot be read."""
    return IntegrationError(group_problem(session, group, fault))
