"""The rows of registrations as values. Times are ISO 8601 in UTC; what stands in a text as JSON is the writer's."""

from attrs import frozen

__all__ = ["AttendanceRow", "CursorRow", "EventRow", "ListRow", "MarkRow", "RegistrationRow", "ResponseRow"]


@frozen
class ListRow:
    """One briefing's list: the row that whoever writes to the list holds, so that places are given one at a time.

    `taken` is JSON, the places that are taken by segment, "" for the whole. `arrivals` and `events` count what was
    numbered so far, `waiting` the registrations that wait for a place, `marks` the suppressions. `due` is when the
    data have to be gone, `expired_at` when they last went for that reason. `erased` is JSON, how many were erased by
    the status that they had.
    """

    briefing: str
    taken: str = "{}"
    arrivals: int = 0
    events: int = 0
    waiting: int = 0
    marks: int = 0
    due: str | None = None
    expired_at: str | None = None
    erased: str = "{}"


@frozen
class RegistrationRow:
    """What holds of one person on one list.

    `person` is the normalised e-mail, or names the response where there is none. `number` never changes, `position`
    is the place in the queue. `stamps` is JSON: when each answer was given. `places` is JSON: what they have a place
    in, "" for the whole. `waits` says that they have yet to get one of those that they want.
    """

    briefing: str
    person: str
    number: int
    position: int
    status: str
    waits: bool
    language: str | None
    answers: str
    stamps: str
    places: str
    consent: str | None
    created_at: str
    changed_at: str


@frozen
class ResponseRow:
    """What one intake handed in, once; `before` is JSON, what it changed as it was before, None where nothing."""

    briefing: str
    intake: str
    id: str
    at: str
    person: str
    cancels: bool
    language: str | None
    answers: str
    consent: str | None
    before: str | None


@frozen
class EventRow:
    """Something that a subscriber has yet to be told; the row goes when it was. `data` is JSON."""

    subscriber: str
    id: str
    briefing: str
    sequence: int
    person: str | None
    data: str


@frozen
class MarkRow:
    """Somebody was erased from a list: a keyed hash that tells who only to one who asks for that person."""

    briefing: str
    mark: str
    at: str


@frozen
class CursorRow:
    """Where to go on reading at an intake."""

    briefing: str
    intake: str
    cursor: str | None


@frozen
class AttendanceRow:
    """Somebody was there, as one source says: a hand, or one entry of a meeting's report.

    `source` names the report, and `entry` is a digest of what it calls the person. `since` is when they came and
    `seconds` how long they stayed, None where the source does not tell.
    """

    briefing: str
    person: str
    source: str
    entry: str
    since: str | None
    seconds: int | None
    marked_at: str
