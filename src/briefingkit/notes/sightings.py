"""Every date and time of a note, found once and kept with the block that it stands in."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from attrs import frozen

from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.clock import TimeMention, find_times
from briefingkit.notes.days import DayMention, find_days, resolve_days
from briefingkit.notes.sections import Note
from briefingkit.notes.vocabulary import Topic

__all__ = ["Calendar", "Sighting", "sentence", "watch"]

_YEAR = re.compile(r"(?<![\d/.-])20\d\d(?![\d/-])")


@frozen(eq=False)
class Sighting:
    """A block with the dates and times in it."""

    index: int
    topic: Topic
    block: Block
    days: tuple[DayMention, ...]
    times: tuple[TimeMention, ...]

    def without(self, filler: str) -> str:
        """Give the folded words of the block, its dates and times filled over, each character in its place."""
        chars = list(self.block.passage.folded)
        for start, end in (
            *((day.start, day.end) for day in self.days),
            *((t.start, t.end) for t in self.times),
        ):
            chars[start:end] = filler * (end - start)
        return "".join(chars)


@frozen(eq=False)
class Calendar:
    """All sightings of a note, the years that its dates name (most frequent first) and the day it is read on.

    `places` finds a sighting by the identity of its block, which lives as long as the sighting does.
    """

    sightings: tuple[Sighting, ...]
    years: tuple[int, ...]
    today: date | None
    places: Mapping[int, Sighting]

    def resolve(self, mention: DayMention, *first: int) -> DayMention:
        """Fill in a missing year, trying `first` and then the note's own years, and say what is odd."""
        return resolve_days(mention, [*first, *self.years], self.today)

    def of(self, block: Block) -> Sighting | None:
        """Find the sighting of a block."""
        return self.places.get(id(block))


def sentence(text: str, at: int) -> tuple[int, int]:
    """Tell where the sentence around an offset starts and ends: at most some hundred characters either way."""
    low, high = max(0, at - 600), min(len(text), at + 600)
    start, end = low, high
    for match in re.finditer(r"[.!?;][\"'»”’)]{0,2}\s+(?=[A-ZÀ-ÝА-Я¿¡'\"«“])", text[low:high]):
        if low + match.end() <= at:
            start = low + match.end()
        else:
            end = low + match.start() + 1
            break
    return start, end


def _sightings(note: Note) -> Iterator[Sighting]:
    for index, (topic, block) in enumerate(note.blocks()):
        days = find_days(block.passage)
        times = find_times(block.passage, tuple((day.start, day.end) for day in days))
        yield Sighting(index, topic, block, days, times)


def _years(sightings: tuple[Sighting, ...]) -> tuple[int, ...]:
    named = Counter(
        year
        for each in sightings
        for day in each.days
        for year in (day.first.year, day.last.year)
        if year is not None
    )
    if named:
        return tuple(year for year, _ in named.most_common())
    heads = (each.block for each in sightings if each.topic in {Topic.HEAD, Topic.TITLE, Topic.WHEN})
    short = (block for block in heads if len(block.passage.text) < 200 or block.kind is BlockKind.HEADING)
    return tuple(dict.fromkeys(int(match) for block in short for match in _YEAR.findall(block.passage.text)))


def watch(note: Note, today: date | None) -> Calendar:
    """Find every date and time of a note."""
    sightings = tuple(_sightings(note))
    return Calendar(sightings, _years(sightings), today, {id(each.block): each for each in sightings})
