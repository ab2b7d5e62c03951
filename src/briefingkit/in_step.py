"""Whether anything can have changed since everything was last in step, asked before a single briefing is read.

A job that runs every few minutes mostly finds nothing to do. What the last plan of the whole project was made from
(files, settings, programs) is remembered as a digest beside the ledger, with what the plan said. While the digest and
the ledger are the same, and no target has anything new since the cursor of that plan, the same is still true. In any
doubt it is not, and a plan is made as ever: the memory is a shortcut, never the truth, and may be deleted at any time.

There are two looks. A `Watch` is taken with the project open. A `glance` comes before that: where every target has a
lookout, nothing else is loaded at all, for then the loading is most of what a run costs. What it has digested in vain
the watch takes over.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import BriefingkitError
from briefingkit.source.environment import expanded
from briefingkit.source.tree import source_files
from briefingkit.store.peek import generations

if TYPE_CHECKING:
    from briefingkit.publish.plan import Plan
    from briefingkit.publish.present import Style
    from briefingkit.publish.protocol import Target

__all__ = ["FILE_NAME", "Glance", "Said", "Sources", "Watch", "glance"]

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
class Sources:
    """What a plan is made from, in words: the project file, the patterns of its briefings (see `tree.find`).

    `heard` are the environment variables that say something of what is published, `packages` the programs of the
    targets, `drift` what is done with hand edits.
    """

    project: str
    patterns: tuple[str, ...]
    heard: tuple[str, ...]
    packages: tuple[str, ...]
    drift: str

    def digest(self, folder: Path, environment: Mapping[str, str]) -> str:
        """Digest all of it as it is now, files by their content. Raises OSError for a folder that cannot be listed.

        A file that is not there counts as such. Of programs, names, sizes and times are taken.
        """
        said = [f"{name}={environment.get(name, '')}" for name in self.heard]
        words = [_FORMAT, sys.version, self.patterns, self.packages, self.drift, said]
        digest = hashlib.sha256(json.dumps(words).encode())
        for package in ("briefingkit", *self.packages):
            for line in _programs(package):
                digest.update(line.encode())
        for release in _releases():
            digest.update(release.encode())
        above = "" if str(folder) == "." else str(folder)
        for file in (folder / self.project, *source_files(folder, self.patterns)):
            path = str(file)
            digest.update(os.fsencode(path.removeprefix(above).lstrip(os.sep)) + b"\0" + _content(path))
        return digest.hexdigest()


@frozen
class Watch:
    """One look at what a plan is made from. Take it before anything is read, so that no edit in between is missed.

    `digest` is that of the sources, `ledger` the SQLite file of the project, and `settings` are those of the targets as
    the project file has them, in which secrets are names of variables.
    """

    sources: Sources
    digest: str
    ledger: Path
    targets: "Sequence[Target]" = field(repr=False)
    settings: Mapping[str, Mapping[str, Any]] = field(factory=dict, repr=False)

    def still(self) -> Said | None:
        """Tell what the last plan said, where everything is still as that left it; None: make a plan."""
        held = _remembered(self.ledger)
        if held is None or held["digest"] != self.digest or held["generations"] != generations(self.ledger):
            return None
        try:
            unchanged = all(
                _is_unchanged(target, held["targets"].get(target.name)) for target in self.targets
            )
        except BriefingkitError:
            return None  # the plan will meet it again, and say it where it belongs
        return _said(held) if unchanged else None

    def remember(self, plan: "Plan", said: Said) -> None:
        """Remember what a plan of the whole project said, if it found nothing to do, nor anything to write down."""
        cursors = {planned.target: planned.cursor for planned in plan.targets}
        if plan.owners is not None or plan.refusals or not plan.is_empty or None in cursors.values():
            return
        if any(planned.changes for planned in plan.targets):
            return
        held = {
            "format": _FORMAT,
            "sources": [getattr(self.sources, name) for name in _SOURCES],
            "digest": self.digest,
            "generations": generations(self.ledger),
            "targets": {each.name: self._told(each, cursors.get(each.name)) for each in self.targets},
            "report": said.report,
            "lines": said.lines,
        }
        self.ledger.with_name(FILE_NAME).write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")

    def _told(self, target: "Target", cursor: str | None) -> Mapping[str, Any]:
        lookout = getattr(target.integration, "lookout", None)
        return {"cursor": cursor, "lookout": lookout, "settings": self.settings.get(target.name, {})}


_SOURCES = ("project", "patterns", "heard", "packages", "drift")


@frozen
class Glance:
    """What a look from outside has come to: what the last plan `said`, or what was digested until there was a doubt."""

    said: Said | None = None
    sources: Sources | None = None
    digest: str | None = None

    def digest_of(self, sources: Sources) -> str | None:
        """Return the digest of these sources, where that is what was looked at."""
        return self.digest if self.sources == sources else None


def glance(project: Path, ledger: Path, drift: str, environment: Mapping[str, str]) -> Glance:
    """Tell what the last plan of a project file said, where everything is still so, without opening the project.

    `ledger` is where its ledger stands if the file says nothing else. Nothing is said wherever that is not certain.
    """
    held, seen = _remembered(ledger), Glance()
    if held is None:
        return seen
    try:
        name, patterns, heard, packages, meant = held["sources"]
        sources = Sources(name, tuple(patterns), tuple(heard), tuple(packages), meant)
        if (name, meant) != (project.name, drift) or held["generations"] != generations(ledger):
            return seen
        seen = Glance(None, sources, sources.digest(project.parent, environment))
        if seen.digest != held["digest"]:
            return seen
        told = held["targets"].values()
        unchanged = all(_sees_nothing_new(each, project.parent, environment) for each in told)
    except (BriefingkitError, OSError, LookupError, TypeError, ValueError, ImportError, AttributeError):
        return seen
    return Glance(_said(held)) if unchanged else seen


def _sees_nothing_new(told: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> bool:
    """Call the lookout of a target: a function of the settings in the file, the project's folder and the cursor."""
    if told["lookout"] is None:
        return False
    module, _, name = told["lookout"].partition(":")
    lookout = getattr(import_module(module), name)
    return lookout(expanded(told["settings"], environment), folder, told["cursor"]) is True


def _is_unchanged(target: "Target", told: Mapping[str, Any] | None) -> bool:
    unchanged = getattr(target.integration, "unchanged", None)
    if told is None or told["cursor"] is None or unchanged is None:
        return False
    return unchanged(told["cursor"]) is True


def _said(held: Mapping[str, Any]) -> Said:
    return Said(held["report"], held["lines"])


def _remembered(ledger: Path) -> Any:
    try:
        held = json.loads(ledger.with_name(FILE_NAME).read_bytes())
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) and held.get("format") == _FORMAT else None


def _content(path: str) -> bytes:
    """Digest a file's content, or what keeps it from being read. There may be thousands, at each run."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
            return hashlib.sha256(file.read()).digest()
    except OSError as error:
        return type(error).__name__.encode()


def _programs(package: str) -> Iterator[str]:
    """Name the files of a package, which is not imported, with their sizes and times."""
    found = find_spec(package)
    for place in found.submodule_search_locations or () if found is not None else ():
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                status = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 - hundreds of them, each time
                yield f"{folder}/{name} {status.st_size} {status.st_mtime_ns}\n"


def _releases() -> Iterator[str]:
    """Name the installed releases: the folder of a package's metadata is called after it."""
    found = find_spec(_RELEASES[0])
    for place in found.submodule_search_locations or () if found is not None else ():
        # Not by importlib.metadata, which takes as long to load as all of this.
        names = os.listdir(os.path.dirname(place))  # noqa: PTH120, PTH208 - as above
        yield from sorted(name for name in names if name.endswith("-info") and name.startswith(_RELEASES))
