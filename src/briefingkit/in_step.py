"""Whether anything can have changed since everything was last in step, asked before a single briefing is read.

A job that runs every few minutes mostly finds nothing to do. What the last plan of the whole project was made from
(files, settings, programs) is remembered as a digest beside the ledger, with what the plan said. While the digest and
the ledger are the same, and no target has anything new since the cursor of that plan, the same is still true. In any
doubt it is not, and a plan is made as ever: the memory is a shortcut, never the truth, and may be deleted at any time.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import BriefingkitError
from briefingkit.publish.protocol import Watchful
from briefingkit.store.peek import generations

if TYPE_CHECKING:
    from briefingkit.publish.plan import Plan
    from briefingkit.publish.present import Style
    from briefingkit.publish.protocol import Target

__all__ = ["FILE_NAME", "Said", "Watch", "digest_of"]

FILE_NAME = "in-step.json"
_FORMAT = 1
_RELEASES = ("babel", "icalendar", "tzdata")
"""Packages whose data or code stands in what is published, of which the release alone is looked at."""


@frozen
class Said:
    """What a plan that found nothing to do has said: as data, and as lines of styled words by indent."""

    report: Mapping[str, Any]
    lines: "Sequence[tuple[int, Sequence[tuple[Style, str]]]]"


@frozen
class Watch:
    """One look at what a plan is made from. Take it before anything is read, so that no edit in between is missed.

    `digest` is that of all that the projection depends on (see `digest_of`), `ledger` the SQLite file; where it is
    another database, nothing is remembered.
    """

    digest: str
    ledger: Path
    targets: "Sequence[Target]" = field(repr=False)

    def still(self) -> Said | None:
        """Tell what the last plan said, where everything is still as that left it; None: make a plan."""
        held = self._remembered()
        if held is None or held["digest"] != self.digest or held["generations"] != generations(self.ledger):
            return None
        try:
            for target in self.targets:
                cursor = held["cursors"].get(target.name)
                watchful = target.integration
                if cursor is None or not isinstance(watchful, Watchful) or not watchful.unchanged(cursor):
                    return None
        except BriefingkitError:
            return None  # the plan will meet it again, and say it where it belongs
        return Said(held["report"], held["lines"])

    def remember(self, plan: "Plan", said: Said) -> None:
        """Remember what a plan of the whole project said, if it found nothing to do, nor anything to write down."""
        cursors = {planned.target: planned.cursor for planned in plan.targets}
        if plan.owners is not None or plan.refusals or not plan.is_empty or None in cursors.values():
            return
        if any(planned.changes for planned in plan.targets):
            return
        held = {
            "format": _FORMAT,
            "digest": self.digest,
            "generations": generations(self.ledger),
            "cursors": cursors,
            "report": said.report,
            "lines": said.lines,
        }
        self._file.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")

    @property
    def _file(self) -> Path:
        return self.ledger.with_name(FILE_NAME)

    def _remembered(self) -> Any:
        try:
            held = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return None
        return held if isinstance(held, dict) and held.get("format") == _FORMAT else None


def digest_of(files: Iterable[Path], settings: Sequence[str], packages: Iterable[str]) -> str:
    """Digest what a plan is made from: the content of files, words of settings, and the programs of packages.

    A file that is not there counts as such. Of programs, names, sizes and times are taken.
    """
    releases = [version(name) for name in _RELEASES]
    digest = hashlib.sha256(json.dumps([sys.version, releases, *settings]).encode())
    for package in packages:
        for line in _programs(package):
            digest.update(line.encode())
    for file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).digest()
        except OSError as error:
            content = type(error).__name__.encode()
        digest.update(os.fsencode(file) + b"\0" + content)
    return digest.hexdigest()


def _programs(package: str) -> Iterator[str]:
    """Name the files of a package, which is not imported, with their sizes and times."""
    found = find_spec(package)
    for place in found.submodule_search_locations or () if found is not None else ():
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                status = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 - hundreds of them, each time
                yield f"{folder}/{name} {status.st_size} {status.st_mtime_ns}\n"
