"""A line of the table: what was measured, beside what, and whether it holds its bound."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

__all__ = ["Line", "best_interleaved", "show", "timed"]

_T = TypeVar("_T")
_WIDTHS = (44, 14, 46, 8, 10)


@dataclass(frozen=True)
class Line:
    """A measurement in words, the peer in words, and the ratio of the two, which must not pass the bound.

    A line without a bound is for information; `holds` may also say outright that something countable is as it should.
    """

    what: str
    measured: str
    beside: str = ""
    ratio: float | None = None
    bound: float | None = None
    holds: bool | None = None

    @property
    def kept(self) -> bool:
        """Whether the line says what it should."""
        if self.holds is not None:
            return self.holds
        return self.bound is None or (self.ratio is not None and self.ratio <= self.bound)

    def __str__(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        bound = "" if self.bound is None else f"≤ {self.bound:.2f}"
        checked = self.bound is not None or self.holds is not None
        verdict = ("holds" if self.kept else "BROKEN") if checked else ""
        cells = (self.what, self.measured, self.beside, ratio, bound)
        return " ".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)) + verdict


def show(title: str, lines: Iterable[Line]) -> list[Line]:
    """Print a part of the table."""
    shown = list(lines)
    print(f"\n{title}")
    for line in shown:
        print(f"  {line}", flush=True)
    return shown


def best_interleaved(rounds: int, *runs: Callable[[], float]) -> tuple[float, ...]:
    """Run each in turn, `rounds` times, and give the best of each: a busy machine slows them all alike."""
    results = [[run() for run in runs] for _ in range(rounds)]
    return tuple(min(column) for column in zip(*results, strict=True))


def timed(run: Callable[[], _T]) -> tuple[float, _T]:
    """Give the seconds that a call takes, and what it gives."""
    start = perf_counter()
    result = run()
    return perf_counter() - start, result
