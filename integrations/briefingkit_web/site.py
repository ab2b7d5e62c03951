"""The project as it is served: read once, read again when a file or the ledger has something new, and never half."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from briefingkit.errors import BriefingkitError
from briefingkit.model import FromTarget, Programme, why_unpublishable
from briefingkit.publish.journal import Journal
from briefingkit.source.tree import PROJECT_FILE, source_files
from briefingkit_web.offer import Offer
from briefingkit_web.shared_look import SharedLook
from briefingkit_web.target import Web
from briefingkit_web.templating import templates_in

if TYPE_CHECKING:
    from datetime import datetime

    from briefingkit.mailing.incoming.feedback import Feedback
    from briefingkit.model import Briefing
    from briefingkit.project import Project
    from briefingkit.registrations.capacity import Room
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.rendering.templates import Templates
    from briefingkit.store.ledger import Ledger

__all__ = ["Edition", "Site", "reopened"]

_log = logging.getLogger(__name__)
_EVERY = 1.0  # seconds between two looks at the files
_NAMESPACE = "preview.invalid"


@frozen
class Edition:
    """The project as of one look: all that pages are made from."""

    project: "Project" = field(repr=False)
    programme: Programme = field(repr=False)
    offers: Mapping[str, Offer]
    templates: "Templates" = field(repr=False)
    targets: tuple[Web, ...] = ()
    receivers: "Mapping[str, Feedback]" = field(factory=dict, repr=False)
    _lists: "dict[str, RegistrationList]" = field(factory=dict, init=False, eq=False, repr=False)
    _looks: "dict[str, SharedLook[Room]]" = field(factory=dict, init=False, eq=False, repr=False)
    _opening: Any = field(factory=threading.Lock, init=False, eq=False, repr=False)

    def list_of(self, identifier: str) -> "RegistrationList":
        """Give a briefing's list, opened once. StoreError where the ledger cannot be opened. Called in threads."""
        with self._opening:
            if identifier not in self._lists:
                self._lists[identifier] = self.project.registrations(identifier, self.programme)
            return self._lists[identifier]

    def opened(self, identifier: str) -> "RegistrationList | None":
        """Give a briefing's list if it was opened before: that waits for nothing."""
        return self._lists.get(identifier)

    async def look_at(self, identifier: str, look: "Callable[[], Room]") -> "Room":
        """Look at the places of a briefing, in a thread, once for all who ask meanwhile."""
        shared = self._looks.get(identifier)
        if shared is None:
            shared = self._looks[identifier] = SharedLook(look)
        return await shared.now()

    def was_announced(self, identifier: str) -> bool:
        """Tell whether an address of a briefing was given out that is not here any more."""
        return any(target.announced.look(identifier) is not None for target in self.targets)


class Site:
    """Gives the newest edition. One that cannot be read, as while somebody is writing, leaves the last one standing."""

    def __init__(self, project: "Project", *, clock: Callable[[], float] = time.monotonic) -> None:
        self._project, self._clock = project, clock
        self._ledger: Ledger | None = None
        self._edition: Edition | None = None
        self._seen: object = None
        self._next = 0.0
        self._reading = asyncio.Lock()

    @property
    def now(self) -> "datetime":
        """The present, as the project's clock has it."""
        return self._project.clock()

    def open(self) -> Edition:
        """Read everything for the first time, and raise what is wrong with it."""
        self._seen = self._look()
        self._edition = self._read()
        return self._edition

    async def edition(self) -> Edition:
        """Give the newest edition; files are looked at once a second at most, while somebody asks."""
        held = self._edition
        if held is not None and (self._clock() < self._next or self._reading.locked()):
            return held
        async with self._reading:
            if self._edition is None or self._clock() >= self._next:
                self._edition = await asyncio.to_thread(self._renewed)
                self._next = self._clock() + _EVERY
            return self._edition

    def close(self) -> None:
        """Give the ledger back."""
        if self._ledger is not None:
            self._ledger.close()

    def _renewed(self) -> Edition:
        if self._edition is None:
            return self.open()
        try:
            seen = self._look()
            if seen == self._seen:
                return self._edition
            read = self._read()
        except (BriefingkitError, OSError) as error:
            # A file's words may be a person's; what is wrong with it, `briefingkit check` says.
            _log.warning("the project cannot be read (%s): the last edition stays", type(error).__name__)
            return self._edition
        self._seen = seen
        return read

    def _look(self) -> object:
        """Gather what tells whether anything is new: names, sizes and times of files, and what the ledger says."""
        project = self._project
        files = (Path(project.file.path), *source_files(project.folder, project.settings.briefings))
        journal = self._journal()
        return [_state(file) for file in files], journal.outputs(), journal.published(self._namespace())

    def _read(self) -> Edition:
        project = self._project = reopened(self._project)
        programme = project.programme()
        names = [target.name for target in project.settings.targets if target.use == "web"]
        targets = (*(project.targets(names) if names else ()), *project.added)
        webs = tuple(each.integration for each in targets if isinstance(each.integration, Web))
        names += [each.name for each in project.added if isinstance(each.integration, Web)]
        templates = webs[0].own_templates() if webs else templates_in(None)
        offers = {
            each.identifier: self._offer(each, programme) for each in programme if _is_offered(each, names)
        }
        return Edition(project, programme, offers, templates, webs, project.feedback())

    def _offer(self, briefing: "Briefing", programme: Programme) -> Offer:
        journal, namespace = self._journal(), self._namespace()
        last = journal.published(namespace).get(briefing.identifier)
        outputs = {key: made.value for key, made in journal.outputs().items()}
        revision, at = (last.revision, last.at) if last is not None else (0, self.now)
        return Offer(briefing, programme, namespace, revision, at, outputs)

    @property
    def ledger(self) -> "Ledger":
        """The ledger, opened once. StoreError where it cannot be opened."""
        if self._ledger is None:
            self._ledger = self._project.ledger()
        return self._ledger

    def _journal(self) -> Journal:
        return Journal(self.ledger)

    def _namespace(self) -> str:
        return self._project.settings.namespace or _NAMESPACE


def reopened(held: "Project") -> "Project":
    """Read the project file again, where there is one; what was given in Python stays."""
    from briefingkit.project import open_project

    if not (held.folder / PROJECT_FILE).exists():
        return held
    read = open_project(held.file.path, clock=held.clock)
    return evolve(read, added=held.added, environment=held.environment, hooks=held.hooks)


def _is_offered(briefing: "Briefing", pages: list[str]) -> bool:
    """Tell whether people can register here: it may go out, it takes registrations, and no other target takes them."""
    asked = briefing.registration
    if asked is None or why_unpublishable(briefing) or briefing.when is None or briefing.title is None:
        return False
    return not isinstance(asked.url, FromTarget) or asked.url.target in pages


def _state(file: Path) -> tuple[str, int, int]:
    try:
        found = file.stat()
    except OSError:
        return str(file), 0, 0
    return str(file), found.st_size, found.st_mtime_ns
