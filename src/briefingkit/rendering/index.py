"""The listing of briefings: a programme, or all that a folder holds, by day, each with its segments."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby

from attrs import frozen

from briefingkit.model import PlaceMode, Status
from briefingkit.rendering.fields import Value, read_fields, write_fields
from briefingkit.rendering.markup import Writer, policy
from briefingkit.rendering.moments import local
from briefingkit.rendering.templates import Templates, fill
from briefingkit.rendering.values import View
from briefingkit.rendering.words import MODES, STATUSES
from briefingkit.text.dates import instant
from briefingkit.text.language import direction

__all__ = ["Index", "IndexEntry", "entry", "index_fields", "index_from_fields", "index_html"]


@frozen
class IndexEntry:
    """A line of a listing: what, when and where it leads. `title_language` is set where the title fell back.

    `start` and `end` are local to `timezone`, as in a view. `parent` is the identifier of the entry that this one is
    a segment of, and is listed under where that is in the listing too.
    """

    identifier: str
    title: str
    href: str
    start: str
    end: str
    timezone: str
    status: Status
    mode: PlaceMode | None = None
    track: str | None = None
    title_language: str | None = None
    parent: str | None = None


@frozen
class Index:
    """A listing in one language: its title, its entries in any order, and where its calendar feed is."""

    title: str
    language: str
    entries: tuple[IndexEntry, ...]
    calendar_href: str | None = None
    introduction: str | None = None


def entry(view: View, href: str) -> IndexEntry:
    """Make the line of a briefing's page."""
    return IndexEntry(
        identifier=view.identifier,
        title=view.title,
        href=href,
        start=view.start,
        end=view.end,
        timezone=view.timezone,
        status=view.status,
        mode=view.mode,
        track=view.track,
        title_language=view.marks.get("title"),
        parent=view.part_of.identifier if view.part_of else None,
    )


def index_fields(index: Index) -> Mapping[str, Value]:
    """Write a listing as a resource's fields, entries by identifier beside their order."""
    return write_fields(index)


def index_from_fields(fields: Mapping[str, Value]) -> Index:
    """Read a listing back. RenderError for fields of anything else."""
    return read_fields(Index, fields)


def index_html(
    index: Index, *, alternates: Mapping[str, str] | None = None, templates: Templates | None = None
) -> bytes:
    """Write a listing as a page, UTF-8, earliest day first; no clock is read, so it stays right as days pass.

    `alternates` are the listings in other languages, by tag. `introduction` is Markdown.
    """
    writer = Writer(index.language, {})
    parents = _parents(index.entries)
    ordered = sorted(index.entries, key=_by_start)
    tops = [one for one in ordered if parents[one.identifier] is None]
    segments = {
        one.identifier: [other for other in ordered if parents[other.identifier] == one.identifier]
        for one in ordered
    }
    values = {
        **writer.vocabulary(),
        "index": index,
        "language": index.language,
        "direction": direction(index.language),
        "alternates": writer.switch(alternates or {}, index.language),
        "days": [(day, list(group)) for day, group in groupby(tops, key=_day)],
        "segments": segments,
        "modes": MODES,
        "statuses": STATUSES,
        "policy": policy,
        "titled": lambda one: writer.typed(one.title, one.title_language),
    }
    return fill(templates, "index.html.j2", values).encode()


def _parents(entries: Iterable[IndexEntry]) -> Mapping[str, str | None]:
    """Tell under which entry of the listing each one stands; a circle of parents has none, so that none is lost."""
    given = {one.identifier: one.parent for one in entries}
    known = {identifier: parent if parent in given else None for identifier, parent in given.items()}

    def is_in_a_circle(identifier: str) -> bool:
        step, passed = known[identifier], 0
        while step is not None and step != identifier and passed < len(known):
            step, passed = known[step], passed + 1
        return step == identifier

    return {one: None if is_in_a_circle(one) else parent for one, parent in known.items()}


def _by_start(one: IndexEntry) -> tuple[str, str, str]:
    start = local(one.start)
    moment = instant(start, one.timezone).astimezone(UTC).isoformat() if isinstance(start, datetime) else ""
    return _day(one), moment, one.identifier


def _day(one: IndexEntry) -> str:
    return one.start[:10]
