"""A thousand briefings in three languages: whether time grows as their number does, and what each stage takes.

It is the process's own time that is counted, so that another program on the machine bends no line.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from briefingkit.model import Publication
from briefingkit.rendering.html import html
from briefingkit.rendering.ics import ics
from briefingkit.rendering.jsonld import jsonld
from briefingkit.rendering.plain import text
from briefingkit.rendering.view import view
from briefingkit.source.check import check_all
from briefingkit.source.tree import load_tree
from corpus import write_project
from lines import Line

__all__ = ["thousand_lines"]

_SIZES = (100, 300, 1000)
_WRITERS: dict[str, Callable[..., bytes]] = {"html": html, "txt": text, "ics": ics, "jsonld": jsonld}
_LINEAR = 1.35  # a quarter and a bit for a machine that others use too


def thousand_lines() -> Iterator[Line]:
    """Measure reading, checking and rendering at three sizes."""
    with TemporaryDirectory() as folder:
        paths = write_project(Path(folder), _SIZES[-1])
        _stages(paths[:20])  # what is loaded on first use belongs to no stage
        taken = {size: _stages(paths[:size]) for size in _SIZES}
    each = {size: sum(stages.values()) / size for size, stages in taken.items()}
    largest, smallest = _SIZES[-1], _SIZES[0]
    for size, stages in taken.items():
        rate = f"{size / sum(stages.values()):.0f} briefings/s"
        ratio = each[size] / each[smallest] if size != smallest else None
        bound = _LINEAR if size == largest else None
        beside = "" if ratio is None else f"each beside each of {smallest}: {each[smallest] * 1000:.1f} ms"
        yield Line(f"check and render {size} × 3 languages", rate, beside, ratio, bound)
    total = sum(taken[largest].values())
    for stage, seconds in taken[largest].items():
        amount = f"{seconds / total:.0%}"
        yield Line(f"… of which {stage}", amount, f"{seconds / largest * 1000:.2f} ms a briefing")


def _stages(paths: tuple[Path, ...]) -> dict[str, float]:
    """Take briefings through every stage, and give the seconds of each."""
    taken = {}
    start = process_time()
    loaded = list(load_tree(paths, namespace="example.org"))
    taken["read"] = process_time() - start
    start = process_time()
    findings = check_all(loaded)
    taken["check"] = process_time() - start
    errors = [finding for finding in findings if finding.severity == "error"]
    assert not errors, errors[0]
    start = process_time()
    publications = [Publication(one.require()) for one in loaded]
    views = [view(one, tag) for one in publications for tag in one.briefing.languages]
    taken["project"] = process_time() - start
    for name, write in _WRITERS.items():
        start = process_time()
        for one in views:
            write(one)
        taken[name] = process_time() - start
    return taken
