"""The front door in Python: a project's briefings, targets, ledger and clock together.

import briefingkit as bk

project = bk.open("briefingkit.yaml")
report = project.apply(project.plan())
report.raise_for_failed()
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from briefingkit.errors import ProjectError
from briefingkit.model import Briefing, Programme
from briefingkit.source.briefing_file import Loaded, load
from briefingkit.source.environment import heard
from briefingkit.source.project_file import load_project_file
from briefingkit.source.tree import PROJECT_FILE, find, find_project
from briefingkit.workspace import Clock, Workspace, nothing_called, now, preview_moment, programme_of

if TYPE_CHECKING:
    from briefingkit.in_step import Glance, Watch
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.incoming.feedback import Feedback
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.outgoing.engine import Engine
    from briefingkit.publish import Drift, Outcome, Report, Target
    from briefingkit.publish.limits import LimitPolicy
    from briefingkit.publish.plan import Plan
    from briefingkit.registrations.connected import Connected
    from briefingkit.registrations.events import Hook
    from briefingkit.registrations.personal_data import PersonalData
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.source.mail_settings import MailSettings

__all__ = [
    "Project",
    "find_briefings",
    "find_project",
    "load",
    "open_project",
    "preview_moment",
]


def open_project(path: str | Path = PROJECT_FILE, *, clock: Clock = now) -> "Project":
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


@frozen
class Project(Workspace):
    """A project, opened, and what is done with it: publishing, registrations, mail."""

    # Publishing

    def watch(self, *, drift: "Drift | None" = None, glance: "Glance | None" = None) -> "Watch | None":
        """Look at all that a plan of the whole project would be made from, before any of it is read.

        None where nothing can be remembered from plan to plan: for targets without an entry point and a ledger that
        is no file. `drift` is as for `plan`; `glance` is what was looked at just before. Raises what `targets` raises.
        """
        from briefingkit.in_step import Sources, Watch

        store = self.ledger_address()
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

        programme = programme_of(tuple(self.load() if loaded is None else loaded))
        asked = [self.briefing(identifier, programme) for identifier in briefings or ()]
        going = publishable(programme, asked)
        chosen, namespace = self.targets(targets), self.namespace
        registrars = self._registrars(going, None if targets is None else chosen)
        with self.journal() as journal:
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
        with self.journal() as journal:
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
        with self.journal() as journal:
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
        with self.journal() as journal:
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

        `engine` brings the work to workers; without it, the one that the file names, if it does, which is opened when
        something is to be sent: to look needs none.
        """
        from briefingkit.configured import open_transport
        from briefingkit.mailroom import open_office

        mail = self._mail
        loaded, namespace = tuple(self.load()), self.namespace
        programme = programme_of(loaded)
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
            workers=self.engine if engine is None else lambda: engine,
        )

    def engine(self) -> "Engine | None":
        """Open what brings mail's work to workers; None where the file names nothing.

        Raises MissingExtra, UnknownIntegration, ProjectError and SourceError for what it names.
        """
        from briefingkit.configured import open_engine

        workers = self._mail.workers
        if workers is None:
            return None
        return open_engine(workers, self.file.tree, self.environment, store=self.ledger_address())

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
            raise ProjectError(nothing_called(f"mailing of {identifier}", key, known))
        return Dispatch(office, identifier, known[key])
