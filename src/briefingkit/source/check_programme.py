"""Briefings of one tree against each other: E401, E402, W401 to W404."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from attrs import field, frozen

from briefingkit.errors import Finding
from briefingkit.model import Briefing
from briefingkit.source.briefing_file import Loaded
from briefingkit.text import Name

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Neighbours", "check_programme", "neighbours"]

_K = TypeVar("_K")
_Member = tuple[Loaded, Briefing]


@frozen
class Neighbours:
    """The readable briefings of a tree, as each needs to see the others."""

    by_identifier: Mapping[str, tuple[_Member, ...]] = field(factory=dict)
    by_parent: Mapping[str, tuple[_Member, ...]] = field(factory=dict)
    by_title: Mapping[tuple[str, object], tuple[_Member, ...]] = field(factory=dict)
    overlaps: Mapping[str, tuple[_Member, ...]] = field(factory=dict)


def neighbours(tree: Iterable[Loaded]) -> Neighbours:
    """Index a tree once, so that looking at each briefing in it takes time in proportion to what is near it."""
    by_identifier: defaultdict[str, list[_Member]] = defaultdict(list)
    by_parent: defaultdict[str, list[_Member]] = defaultdict(list)
    by_title: defaultdict[tuple[str, object], list[_Member]] = defaultdict(list)
    for loaded in tree:
        if (briefing := loaded.briefing) is None:
            continue
        member = (loaded, briefing)
        by_identifier[briefing.identifier].append(member)
        if briefing.part_of is not None and briefing.part_of.briefing is not None:
            by_parent[briefing.part_of.briefing].append(member)
        if (alike := _likeness(briefing)) is not None:
            by_title[alike].append(member)
    overlaps: defaultdict[str, list[_Member]] = defaultdict(list)
    for children in by_parent.values():
        for earlier, later in _overlapping(children):
            overlaps[later[0].path].append(earlier)
    return Neighbours(_frozen(by_identifier), _frozen(by_parent), _frozen(by_title), _frozen(overlaps))


def check_programme(loaded: Loaded, briefing: Briefing, near: Neighbours) -> Iterator[Finding]:
    """Look at a briefing among the others of its tree."""
    yield from _same_identifier(loaded, briefing, near)
    yield from _parent(loaded, briefing, near)
    for other, its in near.overlaps.get(loaded.path, ()):
        message = f"it overlaps {its.identifier} ({other.path}), which is part of the same programme"
        yield loaded.finding("W402", ("start",), message, "Give each of them its `track`, or mend the times")
    yield from _alike(loaded, briefing, near)


def _alike(loaded: Loaded, briefing: Briefing, near: Neighbours) -> Iterator[Finding]:
    """Name one of those that are like it, and how many more there are: of a hundred, not each with each."""
    likeness = _likeness(briefing)
    if likeness is None:
        return
    others = [
        f"{its.identifier} ({other.path})"
        for other, its in near.by_title.get(likeness, ())
        if other.path != loaded.path and its.identifier != briefing.identifier
    ]
    if others:
        more = f" and {len(others) - 1} more have" if len(others) > 1 else " has"
        message = f"{others[0]}{more} the same title and start"
        yield loaded.finding("W404", ("title",), message, "Delete one of the two, or tell them apart")


def _same_identifier(loaded: Loaded, briefing: Briefing, near: Neighbours) -> Iterator[Finding]:
    for other, _ in near.by_identifier.get(briefing.identifier, ()):
        if other.path != loaded.path:
            message = f"{other.position(('briefing',))} has the identifier {briefing.identifier} too"
            yield loaded.finding("E401", ("briefing",), message, "Rename one of the two")


def _parent(loaded: Loaded, briefing: Briefing, near: Neighbours) -> Iterator[Finding]:
    named = briefing.part_of.briefing if briefing.part_of is not None else None
    if briefing.part_of is None or named is None:
        return
    path = ("part_of", "briefing")
    parents = near.by_identifier.get(named, ())
    if not parents:
        if briefing.part_of.title is None:
            yield loaded.finding(
                "W403", path, f"no briefing here is called {named}", "Mend it, or give its `title`"
            )
        return
    if _is_circular(briefing, near):
        yield loaded.finding(
            "E402", path, f"{named} is, in the end, part of {briefing.identifier}", "Take one away"
        )
        return
    parent, mine = parents[0][1].when, briefing.when
    if parent is None or mine is None:
        return
    if mine.utc_start < parent.utc_start or mine.utc_end > parent.utc_end:
        end = "end" if mine.utc_start >= parent.utc_start else "start"
        message = f"it is not within {named}, which lasts from {parent.local_start} to {parent.local_end}"
        yield loaded.finding("W401", (end,), message, "Mend one of the two spans")


def _is_circular(briefing: Briefing, near: Neighbours) -> bool:
    seen = {briefing.identifier}
    current = briefing
    while current.part_of is not None and current.part_of.briefing is not None:
        above = near.by_identifier.get(current.part_of.briefing)
        if not above:
            return False
        current = above[0][1]
        if current.identifier in seen:
            return current.identifier == briefing.identifier
        seen.add(current.identifier)
    return False


def _likeness(briefing: Briefing) -> tuple[str, object] | None:
    if briefing.title is None or briefing.start is None:
        return None
    return " ".join(briefing.title.lookup().text.casefold().split()), briefing.start


def _overlapping(children: Iterable[_Member]) -> Iterator[tuple[_Member, _Member]]:
    """Sweep over the starts: each child with those before it that are still on, in no other track. No whole days."""
    timed = sorted(
        ((when.utc_start, when.utc_end, loaded.path, (loaded, briefing)) for loaded, briefing in children
         if (when := briefing.when) is not None and not when.all_day),
        key=lambda one: one[:3],
    )  # fmt: skip
    on: list[tuple[datetime, _Member]] = []
    for start, end, _, member in timed:
        on = [(until, other) for until, other in on if until > start]
        track = member[1].track
        beside = next((other for _, other in on if not _apart(track, other[1].track)), None)
        if beside is not None:  # one is enough to say, however many there are
            yield beside, member
        on.append((end, member))


def _apart(track: Name | None, other: Name | None) -> bool:
    return track is not None and other is not None and track != other


def _frozen(index: Mapping[_K, list[_Member]]) -> dict[_K, tuple[_Member, ...]]:
    return {key: tuple(members) for key, members in index.items()}
