"""Opening a project's mail: what goes out is minted as a plan would mint it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefingkit.mailing.office import Office
from briefingkit.mailing.rooms import raised_for_rooms
from briefingkit.model import Programme, Publication, Status, why_unpublishable
from briefingkit.publish.journal import Journal
from briefingkit.publish.mint import mint
from briefingkit.publish.planning import context_for
from briefingkit.store.announcements import Announcements

if TYPE_CHECKING:
    from datetime import datetime

    from briefingkit.mailing.outgoing.engine import Engine
    from briefingkit.mailing.outgoing.transport import Transport
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.source.briefing_file import Loaded
    from briefingkit.source.mail_settings import MailSettings
    from briefingkit.store.ledger import Ledger

__all__ = ["open_office"]


def open_office(  # noqa: PLR0913 - all that mail has to do with; each is named at the call
    settings: "MailSettings",
    loaded: "Iterable[Loaded]",
    ledger: "Ledger",
    *,
    namespace: str,
    registrars: Mapping[str, str],
    transport: "Callable[[], Transport]",
    roll: "Callable[[str], RegistrationList]",
    clock: "Callable[[], datetime]",
    integration: "Callable[[str], Any]",
    workers: "Callable[[], Engine | None]" = lambda: None,
) -> Office:
    """Open the mail of briefings that were read. A briefing that may not go out yet is in no mailing."""
    read = tuple(loaded)
    programme = Programme(each.require() for each in read)
    going = [each for each in programme if each.status is not Status.DRAFT and not why_unpublishable(each)]
    journal = Journal(ledger)
    publications = mint(going, journal.published(namespace), {}, at=clock())
    outputs = {key: made.value for key, made in journal.outputs().items()}
    context = context_for("", namespace, publications, outputs, registrars)
    publications = tuple(raised_for_rooms(publications, Announcements(ledger).rooms(), context, clock()))
    return Office(
        programme,
        _by_name(publications),
        settings.sender,
        context,
        ledger,
        transport,
        roll,
        clock,
        {each.require().identifier: Path(each.path).parent for each in read},
        settings.pages,
        integration,
        workers,
    )


def _by_name(publications: Iterable[Publication]) -> Mapping[str, Publication]:
    return {each.briefing.identifier: each for each in publications}
