"""A project's files, targets and ledger, opened: what everything that is done with a project starts from."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Self

from attrs import evolve, field, frozen

from briefingkit.errors import Finding, ProjectError, SourceError
from briefingkit.model import Briefing, Programme, Publication
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.check import check_all, errors
from briefingkit.source.environment import expand
from briefingkit.source.project_file import LoadedProject, ProjectFile, TargetSettings
from briefingkit.source.structured import in_order
from briefingkit.source.tree import PROJECT_FILE, find, load_tree

if TYPE_CHECKING:
    from briefingkit.publish import Integration, Target
    from briefingkit.publish.journal import Journal
    from briefingkit.registrations.events import Hook
    from briefingkit.store.ledger import Ledger

__all__ = ["Clock", "Workspace", "nothing_called", "now", "preview_moment", "programme_of"]

Clock = Callable[[], datetime]
_NAMED = 20


def now() -> datetime:
    """Give the present, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one clock that is not passed in: the front door's default


def preview_moment(clock: Clock = now, environment: Mapping[str, str] = os.environ) -> datetime:
    """Tell the moment that a rendering outside a plan carries: SOURCE_DATE_EPOCH (seconds, UTC) if set, else now.

    ProjectError where that is set and is no such number.
    """
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return clock()
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise ProjectError(f"SOURCE_DATE_EPOCH is seconds since 1970, not {epoch[:40]!r}") from None


@frozen
class Workspace:
    """A project, opened. Files are read anew at each call, so that it can be held while they change."""

    folder: Path
    settings: ProjectFile
    file: LoadedProject = field(repr=False)
    clock: Clock = field(default=now, repr=False)
    added: "tuple[Target, ...]" = ()
    environment: Mapping[str, str] = field(factory=lambda: os.environ, repr=False)
    hooks: "Mapping[str, Hook]" = field(factory=dict, repr=False)

    @classmethod
    def without_file(cls, folder: Path) -> Self:
        """Give a project of the briefings in a folder that has no briefingkit.yaml: they can be read and checked."""
        return cls(folder, ProjectFile(), LoadedProject(str(folder / PROJECT_FILE), ProjectFile()))

    # Briefings

    @property
    def paths(self) -> tuple[Path, ...]:
        """The briefing files of the project, in order."""
        return find(self.folder, self.settings.briefings)

    def load(self, files: Iterable[Path] | None = None) -> Iterator[Loaded]:
        """Read the briefings one by one, all or those of some files; what is wrong with a file is in its findings."""
        return load_tree(self.paths if files is None else files, namespace=self.settings.namespace)

    def check(self, loaded: Iterable[Loaded] | None = None, *, whole: bool = True) -> tuple[Finding, ...]:
        """Say all that is wrong with the briefings, each alone and all together; nothing is written.

        `loaded` are briefings that were read before; `whole` says whether they are all of the project, and only then is
        it looked for who offers what the project's file names.
        """
        read = self.load() if loaded is None else loaded
        named, added = self.file.target_names, tuple(target.name for target in self.added)
        # Where no file was read, nobody knows which targets there are.
        names = None if named is None and not added else (*(named or ()), *added)
        found = check_all(read, targets=self.settings.targets, names=names, whole=whole)
        return (*self._file_findings(whole=whole), *found)

    def _file_findings(self, *, whole: bool) -> tuple[Finding, ...]:
        if not whole or not any(self.file.tree.has((name,)) for name in ("targets", "mail")):
            return self.file.findings
        # To look for integrations costs more than to check a briefing, which runs at every save.
        from briefingkit.configured import check_names

        return in_order((*self.file.findings, *check_names(self.file.tree)))

    def programme(self) -> Programme:
        """Give all briefings together. SourceError, with every error of every file, where one cannot be read."""
        return programme_of(tuple(self.load()))

    def briefing(self, identifier: str, programme: Programme | None = None) -> Briefing:
        """Give one briefing, of a programme that was read before or is read now; ProjectError names those there are."""
        programme = programme or self.programme()
        if identifier not in programme.briefings:
            raise ProjectError(nothing_called("briefing", identifier, programme.briefings))
        return programme.briefings[identifier]

    def publication(self, identifier: str, *, at: datetime | None = None) -> Publication:
        """Give a briefing as a preview: revision 0, at a moment of yours, SOURCE_DATE_EPOCH or now."""
        moment = at or preview_moment(self.clock, self.environment)
        return Publication(self.briefing(identifier), at=moment)

    # Targets

    @property
    def target_names(self) -> tuple[str, ...]:
        """The targets, those of the file first."""
        return (*(target.name for target in self.settings.targets), *(target.name for target in self.added))

    def with_target(self, name: str, integration: "Integration") -> Self:
        """Give the same project with one target more: an integration of your own, without an entry point.

        ProjectError where a target has that name already.
        """
        from briefingkit.publish import Target

        if name in self.target_names:
            raise ProjectError(f"there is a target called {name!r} already: choose another name")
        return evolve(self, added=(*self.added, Target(name, integration)))

    def targets(self, names: Collection[str] | None = None) -> "tuple[Target, ...]":
        """Load the targets' integrations, all or those named.

        Raises UnknownIntegration, MissingExtra, SourceError for settings that an integration does not take, and
        ProjectError for a name that no target has or a variable that is not set.
        """
        for name in names or ():
            if name not in self.target_names:
                raise ProjectError(nothing_called("target", name, self.target_names))
        wanted = [target for target in self.settings.targets if names is None or target.name in names]
        added = [target for target in self.added if names is None or target.name in names]
        return (*map(self._opened, wanted), *added)

    def _opened(self, settings: TargetSettings) -> "Target":
        from briefingkit.configured import open_integration
        from briefingkit.publish import Target

        known = {
            "base": self.folder,
            "target": settings.name,
            "namespace": self.settings.namespace or "",
            "clock": self.clock,
        }
        return Target(
            settings.name, open_integration(settings, self.file.tree, self.environment, known=known)
        )

    # The ledger, and the name that all is known under

    @property
    def namespace(self) -> str:
        """The domain name that identities are derived under. ProjectError where the file gives none."""
        if self.settings.namespace is None:
            raise ProjectError(
                f"{self.file.path} names no namespace: give a domain name of yours, such as example.org"
            )
        return self.settings.namespace

    def ledger(self) -> "Ledger":
        """Open the ledger; close it, or use it as a context manager. StoreError where it cannot be opened."""
        from briefingkit.store import open_ledger

        return open_ledger(self.ledger_address())

    @contextmanager
    def journal(self) -> "Iterator[Journal]":
        """Open what the ledger knows of publishing, for as long as the block takes."""
        from briefingkit.publish.journal import Journal

        with self.ledger() as ledger:
            yield Journal(ledger)

    def ledger_address(self) -> str:
        """Give where the ledger is: a file below the project's folder, which is made ready, or a database's URL."""
        store = expand(self.settings.store, self.environment)
        file = store.removeprefix("sqlite:///")
        if "://" in file or file == ":memory:":
            return store
        path = self.folder / file
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)  # another run may be making it too
            # The ledger is not for the repository: it holds what this copy has done, and later registrants' data.
            (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        return str(path)


def programme_of(loaded: Collection[Loaded]) -> Programme:
    """Put briefings together. SourceError, with every error of every file, where one could not be read."""
    if found := errors(loaded):
        raise SourceError(found)
    return Programme(read.require() for read in loaded)


def nothing_called(what: str, name: str, known: Iterable[str]) -> str:
    """Say that there is nothing of a name, which one was probably meant, and which there are."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    more = ", …" if len(names) > _NAMED else ""
    hint = f"did you mean {close[0]}? There are" if close else "there are"
    return f"no {what} is called {name[:80]!r}; {hint}: {', '.join(names[:_NAMED]) or 'none'}{more}"
