"""A target in memory, with a server that can be as hostile as real ones are.

`Memory` is the smallest complete integration: read it before writing one. `MemoryServer` holds what a remote side
would, and can be told to normalise, to name things itself, to lose answers, to fail, to be edited by hand and to die.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from briefingkit.errors import IntegrationError
from briefingkit.publish.change import Action, Change
from briefingkit.publish.context import Context
from briefingkit.publish.outcome import Outcome, Status
from briefingkit.publish.resource import Fields, Identity, Remote, Resource, Snapshot

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication

__all__ = ["Crash", "Fault", "Memory", "MemoryServer", "Stored"]


class Crash(BaseException):
    """The process dies here: nothing after this line happens, and no `except Exception` sees it."""


class Fault(StrEnum):
    """What goes wrong with one write."""

    NONE = "none"
    REFUSED = "refused"
    """The server says no; nothing changed."""
    LOST_REQUEST = "lost request"
    """Nothing arrived, and the caller cannot know that."""
    LOST_ANSWER = "lost answer"
    """It was done, and the caller cannot know that."""
    QUOTA = "quota"
    """The server says no to this and to all that would follow."""
    OUTAGE = "outage"
    """The server cannot be reached any more."""
    BUG = "bug"
    """It was done, and then the integration breaks."""
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"


@frozen
class Stored:
    """A thing as the server has it; `mark` is the owner that briefingkit wrote on it, None for a stranger's."""

    id: str
    kind: str
    key: str
    fields: Fields
    version: int
    mark: str | None


def _no_fault() -> Fault:
    return Fault.NONE


def _as_given(fields: Fields) -> Fields:
    return fields


@define
class MemoryServer:
    """The remote side. `fault` is asked at each write; `normalise` is what the server makes of fields it is given.

    `names_things`: ids come from the server, as with forms; otherwise the client derives them. `calls` logs each
    request. Changes are numbered, so that a reader can ask for what is new since a number; `forget` makes every
    number given out so far too old. `by_hand` names what people changed or removed since briefingkit last wrote it.
    """

    names_things: bool = False
    normalise: Callable[[Fields], Fields] = _as_given
    fault: Callable[[], Fault] = _no_fault
    things: dict[str, Stored] = field(factory=dict)
    calls: list[str] = field(factory=list)
    by_hand: set[Identity] = field(factory=set)
    _changes: list[str] = field(factory=list)
    _oldest: int = 0
    _named: int = 0

    # What a client can ask for

    def list(self) -> tuple[Stored, ...]:
        """Return everything."""
        self.calls.append("list")
        return tuple(self.things.values())

    def get(self, thing_id: str) -> Stored | None:
        """Return one thing."""
        self.calls.append(f"get {thing_id}")
        return self.things.get(thing_id)

    def since(self, token: str) -> tuple[str, ...] | None:
        """Return the ids of what changed since a token; None where the token is too old, or none of ours."""
        self.calls.append(f"since {token}")
        known = token.isdecimal() and int(token) >= self._oldest
        return tuple(dict.fromkeys(self._changes[int(token) :])) if known else None

    def token(self) -> str:
        """Return a token for now."""
        return str(len(self._changes))

    def put(self, thing_id: str | None, resource: Resource) -> Stored:
        """Write a thing, with briefingkit's mark; without an id the server names it."""
        if thing_id is None:
            self._named += 1
            thing_id = f"server-{self._named}"
        self.calls.append(f"put {thing_id}")
        fields = self.normalise(resource.fields)
        self.by_hand.discard(resource.identity)
        return self._store(Stored(thing_id, resource.kind, resource.key, fields, 0, resource.owner))

    def delete(self, thing_id: str) -> None:
        """Take a thing away."""
        self.calls.append(f"delete {thing_id}")
        thing = self.things[thing_id]
        self.remove(thing_id)
        self.by_hand.discard(Identity(thing.kind, thing.key))

    # What people do there by hand

    def edit(self, thing_id: str, **fields: object) -> None:
        """Change fields as a person would; an empty change still makes a new version."""
        thing = self.things[thing_id]
        changed = Resource(thing.kind, thing.key, "", {**thing.fields, **fields}).fields
        if changed != thing.fields:
            self.by_hand.add(Identity(thing.kind, thing.key))
        self._store(evolve(thing, fields=changed))

    def remove(self, thing_id: str) -> None:
        """Delete as a person would."""
        thing = self.things.pop(thing_id, None)
        if thing is not None:
            self.by_hand.add(Identity(thing.kind, thing.key))
            self._changes.append(thing_id)

    def add(self, thing_id: str, kind: str, key: str, *, mark: str | None = None, **fields: object) -> None:
        """Put something there as a person would; with a mark, as one who copied a thing of ours."""
        self._store(Stored(thing_id, kind, key, Resource(kind, key, "", fields).fields, 0, mark))

    def forget(self) -> None:
        """Make all tokens too old."""
        self._oldest = len(self._changes) + 1
        self._changes.append("")

    def _store(self, thing: Stored) -> Stored:
        last = self.things.get(thing.id)
        self._changes.append(thing.id)
        stored = self.things[thing.id] = evolve(thing, version=len(self._changes))
        assert last is None or last.version < stored.version
        return stored


def project_simply(publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
    """Project each publication to an event, and a page a language; all of them to an index of the target's own."""
    for publication in publications:
        briefing = publication.briefing
        title = dict(publication.title.texts)
        owner = briefing.identifier
        common: dict[str, object] = {"start": str(briefing.start), "revision": publication.revision}
        yield Resource("event", owner, owner, {**common, "title": title})
        for language in briefing.languages:
            yield Resource("page", f"{owner}.{language}", owner, {**common, "title": title.get(language)})
    listed = tuple(publication.briefing.identifier for publication in publications)
    yield Resource("index", "all", context.target, {"briefings": listed})


@frozen
class Memory:
    """The integration. `shows` names (target, output) pairs whose addresses every event carries.

    With `registrar` people register at its events, whose addresses are then the output `registration` too.
    """

    server: MemoryServer = field(repr=False, eq=False)
    batch: int = 50
    order: tuple[str, ...] = ("event", "page", "index")
    incremental: bool = False
    shows: tuple[tuple[str, str], ...] = ()
    projection: Callable[["Sequence[Publication]", Context], Iterable[Resource]] = project_simply
    secret: str = field(default="", repr=False)
    registrar: bool = False

    def registers(self, briefing: "Briefing") -> bool:
        """Whether people register for a briefing here."""
        return self.registrar and briefing.registration is not None

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project, and show the addresses of other targets on events."""
        for resource in self.projection(publications, context):
            if resource.kind != "event" or not self.shows:
                yield resource
                continue
            shown = {
                f"{target}-{name}": f"See {context.output(target, name, owner=resource.owner)}"
                for target, name in self.shows
            }
            yield evolve(resource, fields={**resource.fields, **shown})

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read what is ours and what stands in our way: everything, or what is new since the cursor."""
        token = self.server.token() if self.incremental else None
        changed = self.server.since(last.cursor) if self.incremental and last.cursor is not None else None
        if changed is None:
            things = {thing.id: self._remote(thing) for thing in self.server.list()}
        else:
            things = {remote.id: remote for remote in (*last.remotes.values(), *last.duplicates)}
            for thing_id in changed:
                thing = self.server.things.get(thing_id)
                things.pop(thing_id, None)
                if thing is not None:
                    things[thing_id] = self._remote(thing)
        places = {self.place(resource.identity) for resource in wanted}
        for place in places - things.keys() - {None}:
            thing = self.server.get(str(place)) if changed is not None else None
            if thing is not None:
                things[thing.id] = self._remote(thing)
        return Snapshot.of((each for each in things.values() if each.ours or each.id in places), token)

    def unchanged(self, cursor: str) -> bool:
        """Whether nothing has been written since the cursor."""
        return self.incremental and self.server.since(cursor) == ()

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Do one after the other; a failure is an outcome."""
        for change in changes:
            yield self._apply(change)

    def _apply(self, change: Change) -> Outcome:
        there, refusal = self._there(change)
        if refusal is not None:
            return refusal
        fault = self.server.fault()
        before = {
            Fault.REFUSED: Outcome(change, Status.FAILED, error="the server said no"),
            Fault.QUOTA: Outcome(change, Status.FAILED, error="the quota is used up", stop=True),
            Fault.LOST_REQUEST: Outcome(change, Status.UNKNOWN, error="no answer"),
        }
        if fault in before:
            return before[fault]
        if fault is Fault.OUTAGE:
            raise IntegrationError("the server cannot be reached")
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        done = self._write(change, there)
        if fault is Fault.LOST_ANSWER:
            return Outcome(change, Status.UNKNOWN, error="no answer")
        if fault is Fault.BUG:
            raise RuntimeError("a fault of the integration")
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return done

    def _there(self, change: Change) -> tuple[Stored | None, Outcome | None]:
        """Find the thing to write over; or say why it cannot be."""
        if change.action is Action.CREATE:
            found = self._find(change.identity)
            if len(found) > 1:
                return None, Outcome(change, Status.REFUSED, error="it is there more than once")
            if found and found[0].mark is None:
                return None, Outcome(change, Status.REFUSED, error="something else stands there")
            return (found[0] if found else None), None
        held = change.held
        thing = self.server.get(held.id) if held is not None else None
        if thing is None and change.action is Action.DELETE:
            return None, None
        if thing is None or held is None or str(thing.version) != held.etag:
            return None, Outcome(change, Status.FAILED, error="it has changed since it was read")
        return thing, None

    def _write(self, change: Change, there: Stored | None) -> Outcome:
        if change.wanted is None:
            if there is not None:
                self.server.delete(there.id)
            return Outcome(change, Status.DONE)
        place = there.id if there is not None else self.place(change.identity)
        return Outcome(change, Status.DONE, self._remote(self.server.put(place, change.wanted)))

    def place(self, identity: Identity) -> str | None:
        """Derive the id of a thing; None where the server names it."""
        if self.server.names_things:
            return None
        return sha256("\n".join(identity).encode()).hexdigest()[:16]

    def _find(self, identity: Identity) -> list[Stored]:
        """Find what a create would repeat: by its derived id, or by its mark where the server names things."""
        place = self.place(identity)
        if place is not None:
            thing = self.server.get(place)
            return [thing] if thing is not None else []
        return [
            thing
            for thing in self.server.list()
            if thing.mark is not None and (thing.kind, thing.key) == identity
        ]

    def _remote(self, thing: Stored) -> Remote:
        resource = Resource(thing.kind, thing.key, thing.mark or "", thing.fields)
        names = ("room", *(("registration",) if self.registrar else ())) if thing.kind == "event" else ()
        outputs = dict.fromkeys(names, f"https://memory.example/{thing.id}")
        return Remote(
            resource, thing.id, str(thing.version), {}, ours=thing.mark is not None, outputs=outputs
        )
