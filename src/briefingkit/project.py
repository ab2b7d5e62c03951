"""The front door in Python: a project's briefings, targets, ledger and clock together.

import briefingkit as bk

project = bk.open("briefingkit.yaml")
report = project.apply(project.plan())
report.raise_for_failed()
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from briefingkit.errors import Finding, ProjectError, SourceError
from briefingkit.model import Briefing, Programme, Publication
from briefingkit.source.briefing_file import Loaded, load
from briefingkit.source.check import check_all, errors
from briefingkit.source.environment import expand, heard
from briefingkit.source.project_file import (
    LoadedProject,
    ProjectFile,
    TargetSettings,
    load_project_file,
)
from briefingkit.source.tree import PROJECT_FILE, find, find_project, load_tree

if TYPE_CHECKING:
    from briefingkit.in_step import Glance, Watch
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.engine import Engine
    from briefingkit.mailing.feedback import Feedback
    from briefingkit.mailing.office import Office
    from briefingkit.publish import Drift, Integration, Outcome, Report, Target
    from briefingkit.publish.journal import Journal
    from briefingkit.publish.limits import LimitPolicy
    from briefingkit.publish.plan import Plan
    from briefingkit.registrations.connected import Connected
    from briefingkit.registrations.events import Hook
    from briefingkit.registrations.personal_data import PersonalData
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.source.mail_settings import MailSettings
    from briefingkit.store.ledger import Ledger

__all__ = [
    "Project",
    "find_briefings",
    "find_project",
    "load",
    "open_project",
    "preview_moment",
]

Clock = Callable[[], datetime]
_NAMED = 20


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one clock that is not passed in: the front door's default


def open_project(path: str | Path = PROJECT_FILE, *, clock: Clock = _now) -> "Project":
    """Open a project by its briefingkit.yaml, or by the folder that holds it.

    `clock` gives the present as an aware datetime. Raises SourceError, with every finding, for a file that cannot be
    read; briefings, targets and the ledger are opened when they are asked for.
    """
    file = Path(path)
    if file.is_dir():
        file = file / PROJECT_FILE
    read = load_project_file(file)
    return Project(file.parent, read.require(), read, clock)


def find_briefings(places: Iterable[Path]) -> tuple[Path, ...]:
    """Find the briefing files among files and folders, each once; a file that is named is one whatever its name is."""
    found: dict[Path, Path] = {}
    for place in places:
        for file in find(place) if place.is_dir() else (place,):
            found.setdefault(file.resolve(), file)
    return tuple(found.values())


def preview_moment(clock: Clock = _now, environment: Mapping[str, str] = os.environ) -> datetime:
    """Tell the moment that a rendering outside a plan carries: SOURCE_DATE_EPOCH (seconds, UTC) if set, else now."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return clock()
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise ProjectError(f"SOURCE_DATE_EPOCH is seconds since 1970, not {epoch[:40]!r}") from None


@frozen
class Project:
    """A project, opened. Files are read anew at each call, so that one project can be held while they change."""

    folder: Path
    settings: ProjectFile
    file: LoadedProject = field(repr=False)
    clock: Clock = field(default=_now, repr=False)
    added: "tuple[Target, ...]" = ()
    environment: Mapping[str, str] = field(factory=lambda: os.environ, repr=False)
    hooks: "Mapping[str, Hook]" = field(factory=dict, repr=False)

    @classmethod
    def without_file(cls, folder: Path) -> "Project":
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

        `loaded` are briefings that were read before; `whole` says whether they are all of the project.
        """
        read = self.load() if loaded is None else loaded
        return (*self.file.findings, *check_all(read, targets=self.settings.targets, whole=whole))

    def programme(self) -> Programme:
        """Give all briefings together. SourceError, with every error of every file, where one cannot be read."""
        return _programme(tuple(self.load()))

    def briefing(self, identifier: str, programme: Programme | None = None) -> Briefing:
        """Give one briefing, of a programme that was read before or is read now; ProjectError names those there are."""
        programme = programme or self.programme()
        if identifier not in programme.briefings:
            raise ProjectError(_nothing_called("briefing", identifier, programme.briefings))
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

    def with_target(self, name: str, integration: "Integration") -> "Project":
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
                raise ProjectError(_nothing_called("target", name, self.target_names))
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

    # Publishing

    def watch(self, *, drift: "Drift | None" = None, glance: "Glance | None" = None) -> "Watch | None":
        """Look at all that a plan of the whole project would be made from, before any of it is read.

        None where nothing can be remembered from plan to plan: for targets without an entry point and a ledger that
        is no file. `drift` is as for `plan`; `glance` is what was looked at just before. Raises what `targets` raises.
        """
        from briefingkit.in_step import Sources, Watch

        store = self._store()
        if self.added or "://" in store:
            return None
        targets = self.targets()
        sources = Sources(
            Path(self.file.path).name,
            self.settings.briefings,
            tuple(
                name for target in self.settings.targets for name in heard(target.settings, self.environment)
            ),
            tuple(sorted({type(each.integration).__module__.partition(".")[0] for each in targets})),
            drift.value if drift is not None else "",
        )
        settings = {target.name: target.settings for target in self.settings.targets}
        seen = glance.digest_of(sources) if glance is not None else None
        digest = seen or sources.digest(self.folder, self.environment)
        return Watch(sources, digest, Path(store), targets, settings)

    def plan(
        self,
        *,
        briefings: Collection[str] | None = None,
        targets: Collection[str] | None = None,
        drift: "Drift | None" = None,
        loaded: Iterable[Loaded] | None = None,
    ) -> "Plan":
        """Make a plan: what would change at every target. Nothing changes at a target.

        `briefings` limits it to some identifiers, `targets` to some names; only a plan over all briefings takes away
        what has vanished. `drift` is what to do with hand edits, whatever the file says. Drafts stay out. Raises
        SourceError for briefings with errors, PlanRefused for those that are not confirmed, for drafts that were
        asked for and where there is nothing that may go out.
        """
        from briefingkit.plan_rules import drift_policy, publishable
        from briefingkit.publish.planning import build_plan

        programme = _programme(tuple(self.load() if loaded is None else loaded))
        asked = [self.briefing(identifier, programme) for identifier in briefings or ()]
        going = publishable(programme, asked)
        chosen, namespace = self.targets(targets), self._namespace
        registrars = self._registrars(going, None if targets is None else chosen)
        with self._journal() as journal:
            return build_plan(
                chosen,
                going,
                journal,
                namespace=namespace,
                at=self.clock(),
                owners=briefings,
                drift=drift_policy(self.settings, drift),
                limits=self.limits,
                registrars=registrars,
            )

    def _registrars(
        self, going: "Sequence[Briefing]", chosen: "Sequence[Target] | None"
    ) -> Mapping[str, str] | None:
        """Name where people register over all the targets, also where only some are planned; None: those are all."""
        from briefingkit.publish.registrar import registrars

        asked = [each for each in going if each.registration is not None and each.registration.url is None]
        return registrars(self.targets(), asked) if asked and chosen is not None else None

    def apply(self, plan: "Plan", *, delete: bool = False) -> "Report":
        """Apply a plan to its end and report; `apply_iter` says what it does and raises."""
        from briefingkit.publish import Report

        return Report.of(self.apply_iter(plan, delete=delete))

    def apply_iter(
        self, plan: "Plan", *, delete: bool = False, limits: "LimitPolicy | None" = None
    ) -> "Iterator[Outcome]":
        """Apply a plan, and give each outcome as soon as the ledger has it.

        `delete` consents to the deletions that the plan shows. Raises PlanRefused where the plan goes beyond the
        limits, Locked where another run is at work, PlanStale where one has written since the plan was made.
        """
        from briefingkit.publish.apply import apply_iter
        from briefingkit.publish.limits import Consent

        targets = self._targets_of(plan)
        with self._journal() as journal:
            yield from apply_iter(
                plan,
                targets,
                journal,
                clock=self.clock,
                consent=Consent(delete=delete),
                limits=limits or self.limits,
            )

    def freshen(self, plan: "Plan") -> "Plan":
        """Hold a saved plan against the world, ready to be applied; PlanStale, with all that moved, where it did."""
        from briefingkit.publish.saved import freshen

        targets = self._targets_of(plan)
        with self._journal() as journal:
            return freshen(plan, targets, journal)

    def _targets_of(self, plan: "Plan") -> "tuple[Target, ...]":
        """Load a plan's targets; those that are gone are its own to report."""
        names = {planned.target for planned in plan.targets}
        return self.targets(names.intersection(self.target_names))

    @property
    def limits(self) -> "LimitPolicy":
        """How much one apply may change: a target's words over the project's, and those over the defaults."""
        from briefingkit.plan_rules import limit_policy

        return limit_policy(self.settings)

    # Registrations

    def registrations(self, identifier: str, programme: Programme | None = None) -> "RegistrationList":
        """Open a briefing's list, of a programme that was read before or is read now; ProjectError for another name."""
        from briefingkit.registrations.events import MAIL
        from briefingkit.registrations.registration_list import RegistrationList

        programme = programme or self.programme()
        briefing = self.briefing(identifier, programme)
        ledger = self.ledger()
        return RegistrationList(
            briefing,
            programme,
            ledger,
            clock=self.clock,
            hooks=self.hooks,
            connections=lambda protocol, name=None: self._connected(protocol, name or identifier),
            subscribers=() if self.settings.mail is None else (MAIL,),
        )

    def personal_data(self) -> "PersonalData":
        """Open what the ledger holds of people, over all lists: to be shown to them, erased, and gone in time."""
        from briefingkit.registrations.personal_data import PersonalData
        from briefingkit.source.mail_settings import RETENTION

        return PersonalData(
            self.programme(),
            self.ledger(),
            clock=self.clock,
            hooks=self.hooks,
            connections=self._connected,
            mail_retention=RETENTION if self.settings.mail is None else self.settings.mail.retention,
        )

    def _connected(self, protocol: type, briefing: str | None = None, /) -> "Sequence[Connected]":
        """Give the targets that keep a protocol, with what the ledger knows to be there of a briefing."""
        from briefingkit import registry
        from briefingkit.registrations.connected import Connected

        kinds = {target.name: registry.get(target.use) for target in self.settings.targets}
        kinds.update({target.name: type(target.integration) for target in self.added})
        targets = self.targets([name for name, kind in kinds.items() if issubclass(kind, protocol)])
        if briefing is None or not targets:
            return [Connected(target.name, target.integration) for target in targets]
        with self._journal() as journal:
            return [
                Connected(target.name, target.integration, journal.of(target.name, briefing))
                for target in targets
            ]

    def with_hook(self, name: str, hook: "Hook") -> "Project":
        """Give the same project with a hook: it is called with each event of a list, after the commit, at least once.

        From then on events are kept under the name until a hook of that name has returned, whoever caused them.
        """
        return evolve(self, hooks={**self.hooks, name: hook})

    # Mail

    def office(self, engine: "Engine | None" = None) -> "Office":
        """Open the project's mail, as a context manager. ProjectError where the project's file does not say how.

        `engine` brings the work to workers; without it, the one that the file names, if it does.
        """
        from briefingkit.configured import open_transport
        from briefingkit.mailroom import open_office

        mail = self._mail
        loaded, namespace = tuple(self.load()), self._namespace
        programme = _programme(loaded)
        return open_office(
            mail,
            loaded,
            self.ledger(),
            namespace=namespace,
            registrars=self._registrars(tuple(programme), ()) or {},
            transport=lambda: open_transport(mail.transport, self.file.tree, self.folder, self.environment),
            roll=lambda identifier: self.registrations(identifier, programme),
            clock=self.clock,
            integration=lambda name: self.targets([name])[0].integration,
            engine=engine or self.engine(),
        )

    def engine(self) -> "Engine | None":
        """Open what brings mail's work to workers; None where the file names nothing.

        Raises MissingExtra, UnknownIntegration, ProjectError and SourceError for what it names.
        """
        from briefingkit.configured import open_engine

        workers = self._mail.workers
        if workers is None:
            return None
        return open_engine(workers, self.file.tree, self.environment, store=self._store())

    @property
    def _mail(self) -> "MailSettings":
        if self.settings.mail is None:
            raise ProjectError(f"{self.file.path} does not say how mail is sent: give it `mail`")
        return self.settings.mail

    def feedback(self) -> "Mapping[str, Feedback]":
        """Open what reads the calls of mail services, by the name in the address that each calls.

        Raises SourceError, ProjectError and UnknownIntegration for what the project's file says wrongly of one.
        """
        from briefingkit.configured import open_feedback

        mail = self.settings.mail
        return {} if mail is None else open_feedback(mail.feedback, self.file.tree, self.environment)

    def mailing(self, identifier: str, key: str) -> "Dispatch":
        """Open one mailing of a briefing, as a context manager: to plan it, to send it, to see what became of it.

        ProjectError for a name that none has.
        """
        from briefingkit.mailing.dispatch import Dispatch, mailings_of

        office = self.office()
        known = {each.key: each for each in mailings_of(self.briefing(identifier, office.programme))}
        if key not in known:
            office.close()
            raise ProjectError(_nothing_called(f"mailing of {identifier}", key, known))
        return Dispatch(office, identifier, known[key])

    # The ledger, and the name that all is known under

    @property
    def _namespace(self) -> str:
        if self.settings.namespace is None:
            raise ProjectError(
                f"{self.file.path} names no namespace: give a domain name of yours, such as example.org"
            )
        return self.settings.namespace

    def ledger(self) -> "Ledger":
        """Open the ledger; close it, or use it as a context manager. StoreError where it cannot be opened."""
        from briefingkit.store import open_ledger

        return open_ledger(self._store())

    @contextmanager
    def _journal(self) -> "Iterator[Journal]":
        from briefingkit.publish.journal import Journal

        with self.ledger() as ledger:
            yield Journal(ledger)

    def _store(self) -> str:
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


def _programme(loaded: Collection[Loaded]) -> Programme:
    if found := errors(loaded):
        raise SourceError(found)
    return Programme(read.require() for read in loaded)


def _nothing_called(what: str, name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    more = ", …" if len(names) > _NAMED else ""
    hint = f"did you mean {close[0]}? There are" if close else "there are"
    return f"no {what} is called {name[:80]!r}; {hint}: {', '.join(names[:_NAMED]) or 'none'}{more}"
