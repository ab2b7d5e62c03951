"""How many are on a list."""

from collections.abc import Mapping

from attrs import frozen

__all__ = ["Counts"]


@frozen
class Counts:
    """How many registrations there are by status, how many places are taken by segment, how many were erased."""

    statuses: Mapping[str, int]
    capacity: int | None
    taken: int
    segments: Mapping[str, int]
    erased: Mapping[str, int]
