"""How a note lays out its agenda: which lines begin an item, and which lines belong to the item above.

Agendas come as numbered lists, lines that begin or end with a time, tables, headings, bullets or bare lines. The
layout is decided once for a whole agenda, by what it shows most surely; then each line falls into place.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from attrs import evolve, field, frozen

from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.clock import TimeMention, find_duration
from briefingkit.notes.inline import Passage
from briefingkit.notes.people import role_label
from briefingkit.notes.sightings import Calendar, Sighting
from briefingkit.notes.value import Span
from briefingkit.notes.vocabulary import Topic, heading_topic

__all__ = ["Entry", "Layout", "lay_out"]


@frozen(eq=False)
class Entry:
    """An item as laid out: its title, its time or duration, cells of speakers, and the blocks beneath it."""

    title: Passage
    time: TimeMention | None = None
    duration: timedelta | None = None
    spans: tuple[Span, ...] = ()
    speakers: tuple[Passage, ...] = ()
    details: tuple[Passage, ...] = ()
    day: date | None = None
    children: list[Block] = field(factory=list)


@frozen(eq=False)
class Layout:
    """The entries of an agenda, the blocks that stand before the first, and the days that headings name."""

    entries: tuple[Entry, ...]
    before: tuple[Block, ...]
    days: tuple[tuple[date, Span, tuple[str, ...]], ...]


_DAY = re.compile(
    r"^\W*(?:day|jour|jornada|dia|journee|session day)\b|^\W*(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu"
    r"|fri|sat|sun|mie|jue|vie|sab|dom)[a-z]*\b"
)
_TITLE = re.compile(
    r"\b(?:item|session|topic|title|activity|agenda|programme|sujet|theme|activite|titre|contenu|tema"
    r"|actividad|punto|contenido|titulo|segment|description|what)\b"
)
_SPEAKER = re.compile(
    r"\b(?:speakers?|presenters?|who|by|lead|intervenante?s?|orateurs?|ponentes?|oradore?s?|responsables?"
    r"|panell?ists?|facilitators?|moderators?|quien|qui|a cargo de)\b"
)
_TIME = re.compile(
    r"\b(?:time|times|hour|heure|heures|horaires?|hora|horas|horario|when|schedule|duration|duree|duracion"
    r"|min)\b"
)
_NUMBER_CELL = re.compile(r"^(?:\d{1,2}[.)]?|#|no\.?|n°)?$")
_MARKER = re.compile(r"(?:\d{1,2}|[a-hA-H]|[ivxIVX]{1,4})[.)]\s+(?=\S)")
_BETWEEN = " \t\n:.,;|–—-•*()[]/"


def _leading(sighting: Sighting) -> TimeMention | None:
    """Give the time that a line begins with."""
    first = sighting.times[0] if sighting.times else None
    if first is None or not first.sure:
        return None
    before = sighting.block.passage.text[: first.start]
    return first if not before.strip(_BETWEEN) else None


def _trailing(sighting: Sighting) -> TimeMention | None:
    """Give the span of times, or the time in brackets, that a short line ends with."""
    last = sighting.times[-1] if sighting.times else None
    text = sighting.block.passage.text
    if last is None or len(text) > 160 or text[last.end :].strip(_BETWEEN):
        return None
    return last if last.last is not None or "(" in text[max(0, last.start - 2) : last.start + 1] else None


class _Layouter:
    def __init__(self, calendar: Calendar, sightings: Sequence[Sighting]) -> None:
        self.calendar = calendar
        self.sightings = sightings
        self.entries: list[Entry] = []
        self.before: list[Block] = []
        self.days: list[tuple[date, Span, tuple[str, ...]]] = []
        self.day: date | None = None
        self.pending: TimeMention | None = None
        self.columns: dict[str, int] = {}
        self.width = 0
        self.number_level = min((each.block.level for each in sightings if each.block.ordered), default=0)
        self.bullet_level = min(
            (each.block.level for each in sightings if each.block.kind is BlockKind.ITEM), default=0
        )
        self.timed_numbers = any(
            each.block.ordered and (_leading(each) or _trailing(each)) for each in sightings
        )
        self.timed_rows = any(each.block.kind is BlockKind.ROW and _leading(each) for each in sightings)
        self.headers: list[Block] = []
        self.style = self._style()

    def _style(self) -> str:
        blocks = [each.block for each in self.sightings]
        rows = [block for block in blocks if block.kind is BlockKind.ROW]
        timed = [each for each in self.sightings if _leading(each) or _trailing(each)]
        ordered = [block for block in blocks if block.ordered]
        headings = [block for block in blocks if self._titles(block)]
        bullets = [block for block in blocks if block.kind is BlockKind.ITEM]
        if len(rows) > 1:
            return "rows"
        if timed and (len(timed) > 1 or len(ordered) < 2):
            return "timed"
        if len(headings) > 1 or (headings and not ordered):
            return "headings"
        if ordered:
            return "ordered"
        if bullets and not self._under_lines(blocks):
            return "bullets"
        return "lines"

    def _titles(self, block: Block) -> bool:
        return block.kind is BlockKind.HEADING and block.strong and self._label(block) is None

    def _label(self, block: Block) -> Topic | None:
        topic = heading_topic(block.passage.folded)
        return topic if topic in {Topic.QUESTIONS, Topic.SPEAKERS} else None

    def _under_lines(self, blocks: list[Block]) -> bool:
        """Whether bullets stand beneath short lines that are the items, again and again."""
        lines = [block for block in blocks if block.kind is BlockKind.TEXT and len(block.passage.text) < 120]
        return len(lines) > 1 and blocks[0].kind is BlockKind.TEXT

    def lay(self) -> Layout:
        for sighting in self.sightings:
            if self._is_day(sighting) or self._repeats_header(sighting.block):
                continue
            entry = self._entry(sighting)
            if entry is not None:
                self.entries.append(entry)
            elif self.entries:
                self.entries[-1].children.append(_single(sighting.block))
            elif self.pending is None:
                self.before.append(sighting.block)
        return Layout(tuple(self.entries), tuple(self.before), tuple(self.days))

    def _is_day(self, sighting: Sighting) -> bool:
        """Take a line that only names a day for the day of what follows."""
        passage = sighting.block.passage
        if not sighting.days or (sighting.times and not _DAY.match(passage.folded)) or len(passage.text) > 90:
            return False
        if sighting.times and _leading(sighting):
            return False
        mention = self.calendar.resolve(sighting.days[0])
        heading = sighting.block.kind in {BlockKind.HEADING, BlockKind.TEXT, BlockKind.ROW}
        rest = passage.text[: mention.start] + passage.text[mention.end :]
        if (
            not heading
            or mention.dates is None
            or not (_DAY.match(passage.folded) or not rest.strip(_BETWEEN))
        ):
            return False
        self.day = mention.dates[0]
        self.days.append((self.day, passage.span(), mention.problems))
        return True

    def _entry(self, sighting: Sighting) -> Entry | None:
        block = sighting.block
        if self.style == "rows" and block.kind is BlockKind.ROW:
            return self._row(sighting)
        if self.pending is not None:
            return self._after_time(sighting)
        if not self._begins(sighting):
            return None
        return self._item(sighting)

    def _after_time(self, sighting: Sighting) -> Entry:
        """Take the line under a time that stands alone for the title of its item."""
        time, self.pending = self.pending, None
        spans, self.pending_spans = self.pending_spans, ()
        return Entry(sighting.block.passage, time, None, spans, day=self.day)

    pending_spans: tuple[Span, ...] = ()

    def _begins(self, sighting: Sighting) -> bool:
        block = sighting.block
        if self._label(block) is not None or (role_label(block.passage) and not sighting.times):
            return False
        if self.style in {"timed", "rows"}:
            return bool(_leading(sighting) or _trailing(sighting)) or self._among_timed(block)
        if self.style == "headings":
            return self._titles(block)
        if self.style == "ordered":
            return block.ordered and block.level <= self.number_level and self._counts(block)
        if self.style == "bullets":
            return (
                block.kind is BlockKind.ITEM
                and block.level <= self.bullet_level
                and not block.passage.text.endswith("?")
            )
        return (
            block.kind is BlockKind.TEXT and len(block.passage.text) < 120 and not self._is_child_line(block)
        )

    def _among_timed(self, block: Block) -> bool:
        """Tell an item without a time among timed ones: its number shows that it is one."""
        return self.timed_numbers and block.ordered and block.level <= self.number_level

    def _counts(self, block: Block) -> bool:
        """Whether a number goes on counting the items; a list of questions that begins again at 1 does not."""
        marker = block.marker
        return (
            not marker.isdigit()
            or int(marker) > len(self.entries)
            or not self.entries
            or not block.passage.text.endswith("?")
        )

    def _is_child_line(self, block: Block) -> bool:
        from briefingkit.notes.people import read_people

        return any(reading.name for reading in read_people(block.passage)) and "," in block.passage.text

    def _item(self, sighting: Sighting) -> Entry | None:
        passage = sighting.block.passage
        time = _leading(sighting) or _trailing(sighting)
        if time is None:
            return self._titled(passage, None, ())
        span = passage.span(time.start, time.end)
        rest = passage.part(time.end) if time is _leading(sighting) else passage.part(0, time.start)
        if not rest.text.strip(_BETWEEN):
            self.pending, self.pending_spans = time, (span,)
            return None
        return self._titled(rest, time, (span,))

    def _titled(self, passage: Passage, time: TimeMention | None, spans: tuple[Span, ...]) -> Entry:
        """Take a duration such as "(10 min)" out of a title."""
        if marker := _MARKER.match(passage.text):
            spans = (*spans, passage.span(0, marker.end()))
        found = find_duration(passage)
        if found is None or len(passage.text) > 200:
            return Entry(_bare(passage), time, None, spans, day=self.day)
        start, end, duration = found
        spans = (*spans, passage.span(start, end))
        before, after = _bare(passage.part(0, start)), _bare(passage.part(end))
        title, rest = (before, after) if before.text else (after, before)
        given = None if time and time.last else duration
        return Entry(title, time, given, spans, details=(rest,) if rest.text else (), day=self.day)

    def _row(self, sighting: Sighting) -> Entry | None:
        cells = sighting.block.cells
        if self._is_header(sighting):
            return None
        texts = [cell for cell in cells if cell.text]
        if len(texts) == 1 and self.columns and not _leading(sighting) and self.entries:
            return None
        time = _leading(sighting)
        if time is None and self.timed_rows and self.entries and not cells[0].text:
            return None
        columns = self._columns_of(cells, time=time is not None)
        title = cells[columns["title"]] if columns["title"] < len(cells) else Passage()
        if not title.text:
            return None
        entry = self._titled(
            title, time, (sighting.block.passage.span(time.start, time.end),) if time else ()
        )
        return self._with_cells(entry, cells, columns)

    def _with_cells(self, entry: Entry, cells: tuple[Passage, ...], columns: dict[str, int]) -> Entry:
        speakers, details = [], []
        duration, spans = entry.duration, entry.spans
        for index, cell in enumerate(cells):
            if (
                not cell.text
                or index in {columns["title"], columns.get("number")}
                or (index == columns.get("time") and entry.time)
            ):
                continue
            if (found := find_duration(cell)) and found[1] - found[0] >= len(cell.text) - 1:
                duration, spans = (
                    (None if entry.time and entry.time.last else found[2]),
                    (*spans, cell.span()),
                )
            elif index == columns.get("speakers"):
                speakers.append(cell)
            elif index != columns.get("time"):
                details.append(cell)
        details.extend(entry.details)
        return Entry(entry.title, entry.time, duration, spans, tuple(speakers), tuple(details), entry.day)

    def _is_header(self, sighting: Sighting) -> bool:
        """Learn the columns from a row of their names."""
        cells = sighting.block.cells
        if self.entries or self.columns or sighting.times:
            return False
        found: dict[str, int] = {}
        for index, cell in enumerate(cells):
            for name, words in (("time", _TIME), ("speakers", _SPEAKER), ("title", _TITLE)):
                if (
                    words.search(cell.folded)
                    and len(cell.text) < 40
                    and name not in found
                    and index not in found.values()
                ):
                    found[name] = index
        if len(found) < 2:
            return False
        free = [
            index
            for index, cell in enumerate(cells)
            if index not in found.values() and not _NUMBER_CELL.match(cell.folded)
        ]
        if "title" not in found and free:
            found["title"] = free[0]
        self.columns = found
        self.headers.append(sighting.block)
        return "title" in found

    def _repeats_header(self, block: Block) -> bool:
        """Whether the columns' names stand again, at the head of the next day's table."""
        names = [cell.folded for cell in block.cells]
        if not any([cell.folded for cell in header.cells] == names for header in self.headers):
            return False
        self.headers.append(block)
        return True

    def _columns_of(self, cells: tuple[Passage, ...], *, time: bool) -> dict[str, int]:
        if self.columns:
            return self.columns
        rest = list(range(len(cells)))
        columns: dict[str, int] = {}
        if rest and _NUMBER_CELL.match(cells[0].folded):
            columns["number"] = rest.pop(0)
        if time and rest:
            columns["time"] = rest.pop(0)
        columns["title"] = rest[0] if rest else 0
        if len(rest) > 1:
            columns["speakers"] = rest[1]
        return columns


def _single(block: Block) -> Block:
    """Take a row with one cell that says something for that cell."""
    said = [cell for cell in block.cells if cell.text]
    return evolve(block, kind=BlockKind.ITEM, passage=said[0]) if len(said) == 1 else block


def _bare(passage: Passage) -> Passage:
    """Take the marks around a title off."""
    marker = _MARKER.match(passage.text)
    start, end = marker.end() if marker else 0, len(passage.text)
    while start < end and passage.text[start] in " \t:.,;|–—-•*)]/":
        start += 1
    while end > start and passage.text[end - 1] in " \t:,;|–—-•*([/":
        end -= 1
    return passage.part(start, end)


def lay_out(calendar: Calendar, sightings: Sequence[Sighting]) -> tuple[Layout, tuple[Span, ...]]:
    """Lay out an agenda; the second value is the places of the words that only serve the layout (a table's header)."""
    layouter = _Layouter(calendar, sightings)
    layout = layouter.lay()
    served = tuple(cell.span() for header in layouter.headers for cell in header.cells if cell.text)
    return layout, served
