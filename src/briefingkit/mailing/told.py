"""What people were told of a briefing so far: what an update is held against, so that no change is lost on the way."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.outgoing.deliveries import told_occasions
from briefingkit.mailing.rooms import Rooms, with_rooms
from briefingkit.model import MailingKind, Publication, structure, unstructure
from briefingkit.registrations.codec import iso
from briefingkit.store.announcements import AnnouncementRow

if TYPE_CHECKING:
    from briefingkit.mailing.office import Office
    from briefingkit.model import Briefing, Mailing

__all__ = ["Told", "announcement", "start_known_since", "told_before", "told_by"]

_EVER, _NOT_YET = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@frozen
class Told:
    """What those who get an update may know: `before` are the publications that are in people's hands, oldest first.

    It is empty where nobody was told of anything. `since` is when the first were told of what goes out now: who
    registers after that knows it from their confirmation. `rooms` are those that targets had made for a publication,
    by its revision, where that is known.
    """

    before: tuple[Publication, ...] = ()
    since: datetime | None = None
    rooms: Mapping[int, Rooms] = field(factory=dict, hash=False)

    def addresses(self, before: Publication, made: Mapping[str, str]) -> Mapping[str, str]:
        """Give the addresses that people were told of with a publication, of those that targets have made now."""
        rooms = self.rooms.get(before.revision)
        return made if rooms is None else with_rooms(made, rooms)


def announcement(publication: Publication, rooms: Rooms, now: datetime) -> AnnouncementRow:
    """Give what is kept of a publication of which a mail goes out, and of the rooms that targets made for it."""
    # What is private of the people in the programme is told nobody, and is not kept.
    people = tuple(evolve(each, email=None, phone=None) for each in publication.briefing.people)
    content = json.dumps(unstructure(evolve(publication.briefing, people=people)), ensure_ascii=False)
    told = json.dumps(dict(rooms), sort_keys=True)
    return AnnouncementRow(publication.briefing.identifier, publication.revision, iso(now), content, told)


def told_by(office: "Office", publication: Publication, mailing: "Mailing") -> Told | None:
    """Tell what those may know who get an update; None for a mailing that is none. Raises as `told_before`."""
    if mailing.kind is not MailingKind.UPDATE:
        return None
    store, name = office.deliveries, publication.briefing.identifier
    unfinished = store.unfinished(name, mailing.key)
    updates = {
        int(occasion.rpartition(" ")[2]): whole and occasion not in unfinished
        for occasion, whole in told_occasions(store, name, mailing.key).items()
    }
    return told_before(office.announcements.of(name), publication, updates)


def told_before(
    announced: Iterable[AnnouncementRow], publication: Publication, updates: Mapping[int, bool]
) -> Told:
    """Tell what those may know who get an update of a publication.

    `announced` is every revision of which a mail went out, in order. `updates` are the revisions that this mailing has
    told, and whether to everybody: one that was overtaken by another change has left some without it. MailingError for
    an announcement that cannot be read.
    """
    rows, revision = tuple(announced), publication.revision
    last = max((each for each, whole in updates.items() if whole and each < revision), default=0)
    before = tuple(_publication(row) for row in rows if last <= row.revision < revision)
    since = next((datetime.fromisoformat(row.at) for row in rows if row.revision == revision), None)
    if not before and since is not None and revision not in updates:
        before = (publication,)  # they were told of it as it is
    rooms = {row.revision: json.loads(row.rooms) for row in rows if row.rooms is not None}
    return Told(before, since, rooms)


def start_known_since(announced: Iterable[AnnouncementRow], publication: Publication) -> datetime:
    """Tell since when confirmations say the start that a publication has: always, if nobody was told of another."""
    known, start = _EVER, publication.when.utc_start
    for row in announced:
        when = _publication(row).briefing.when
        if when is None or when.utc_start != start:
            known = _NOT_YET
        elif known == _NOT_YET:
            known = datetime.fromisoformat(row.at)
    return known


def _publication(row: AnnouncementRow) -> Publication:
    briefing: Briefing
    try:
        briefing = structure(json.loads(row.content))
        return Publication(briefing, row.revision, datetime.fromisoformat(row.at))
    except (ValueError, ExceptionGroup) as error:
        raise MailingError(
            f"what was announced as revision {row.revision} cannot be read by this release"
        ) from error
