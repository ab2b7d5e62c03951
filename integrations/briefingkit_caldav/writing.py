"""Writing events: each under a precondition, so that nothing that moved is overwritten and nothing is made twice."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from briefingkit.errors import BriefingkitError, IntegrationError
from briefingkit.publish import Action, Change, Identity, Outcome, Remote, Resource, Status
from briefingkit_caldav.body import event_bytes
from briefingkit_caldav.calendars import find_calendars, kind_of
from briefingkit_caldav.collection_writing import write_collection
from briefingkit_caldav.connection import Answer
from briefingkit_caldav.faults import GONE, Busy, Halfway, Lost, NoEntry, Unreachable, in_words
from briefingkit_caldav.hrefs import child, parent_of
from briefingkit_caldav.identity import COLLECTION, ONE_FOR_ALL, could_be_ours, event_name, language_of
from briefingkit_caldav.multistatus import precondition_of
from briefingkit_caldav.quirks import quirks_of
from briefingkit_caldav.remotes import event_remote, held_of, schedule_tag_of
from briefingkit_caldav.server import Server, Stored
from briefingkit_caldav.sowing import sow

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = ["apply_changes"]

_FAILED: Final = 412
_FULL: Final = 507
_COLLIDES: Final = frozenset({400, 403, 409, 412})
"""How servers refuse a UID that stands elsewhere in the calendar (CALDAV:no-uid-conflict, RFC 4791 section 5.3.2.1)."""
_NEW: Final = {"If-None-Match": "*"}


def apply_changes(settings: "CalDAV", changes: Sequence[Change]) -> Iterator[Outcome]:
    """Make changes one by one; what stops the target is said with the first that it stopped.

    While the server is at work on one, the one before is settled and the next is written out. What a server may have
    stored otherwise than it was sent is read back when all is written, many in a request.
    """
    with Server(settings) as server:
        writer = _Writer(server, changes)
        stopped: str | None = None
        well = True
        for change, following in zip_longest(changes, changes[1:]):
            if stopped is not None:
                yield Outcome(change, Status.REFUSED, error=f"not tried: {stopped}")
                continue
            server.connection.meanwhile = partial(writer.go_on, following)
            outcome = writer.outcome(change)
            yield from writer.settled()
            if outcome is None:
                continue
            if change.identity.kind == COLLECTION:
                settings.whereabouts.forget()
            well = well and outcome.status is Status.DONE
            if outcome.stop:
                stopped = outcome.error
            yield outcome
        yield from writer.read_back()
        if not well:
            settings.whereabouts.forget()


@frozen
class _Sent:
    """What was written, and not read back yet."""

    change: Change
    path: str
    content: bytes = field(repr=False)
    etag: str | None = None
    schedule_tag: str | None = None

    def as_sent(self) -> Remote | None:
        """Give it as it was sent; None where the server gave no strong ETag for it."""
        if self.etag is None:
            return None
        return event_remote(Stored(self.path, self.etag, self.content.decode(), self.schedule_tag))


class _Writer:
    """The changes of one call, over one connection."""

    def __init__(self, server: Server, changes: Sequence[Change]) -> None:
        self._server = server
        self._changes = changes
        self._settings = server.settings
        self._server.recognised = server.settings.whereabouts.server
        self._sent: dict[str, _Sent] = {}
        self._exact: list[_Sent] = []
        self._settled: list[Outcome] = []
        self._ahead: tuple[Change, Remote | None, bytes] | None = None
        self._sown: dict[Identity, Remote] = {}

    def go_on(self, following: Change | None) -> None:
        """Do while the server is at work what needs no server. What goes wrong is met again in its turn."""
        with suppress(Exception):
            self._settle()
        with suppress(Exception):
            self._prepare(following)

    def _prepare(self, change: Change | None) -> None:
        """Write an event out before its turn comes."""
        if change is None or change.identity.kind == COLLECTION or change.wanted is None:
            return
        over = self._over(change)
        if self._ahead is None or self._ahead[0] is not change or self._ahead[1] is not over:
            self._ahead = (change, over, _content(change.wanted, over))

    def _over(self, change: Change) -> Remote | None:
        """Tell what an event is to be written over."""
        return change.held if change.held is not None else self._sown.get(change.identity)

    def _settle(self) -> None:
        """Say what is held where that is what was sent; what cannot be told so is to be read back."""
        while self._exact:
            sent = self._exact[-1]
            remote = sent.as_sent()
            self._exact.pop()
            if remote is None:
                self._sent[sent.path] = sent
            else:
                self._settled.append(Outcome(sent.change, Status.DONE, remote))

    def settled(self) -> Iterator[Outcome]:
        """Give the outcomes that were settled since this was asked last."""
        settled, self._settled = self._settled, []
        yield from settled

    def outcome(self, change: Change) -> Outcome | None:
        """Make a change; whatever goes wrong is its outcome. None for one that is settled later."""
        try:
            if change.identity.kind == COLLECTION:
                return write_collection(self._server, change)
            if change.action is Action.CREATE:
                return self._create(change)
            return self._update(change) if change.wanted is not None else self._delete(change)
        except (Lost, Halfway) as error:
            stop = isinstance(error, Halfway)
            return Outcome(change, Status.UNKNOWN, error=str(error), stop=stop)
        except (Busy, Unreachable, NoEntry) as error:
            return Outcome(change, Status.FAILED, error=str(error), stop=True)
        except (BriefingkitError, ValueError) as error:
            return Outcome(change, Status.FAILED, error=str(error))

    # Making

    def _create(self, change: Change) -> Outcome | None:
        wanted = _wanted(change)
        collection = self._collection(wanted)
        self._sow(collection)
        sown = self._sown.get(change.identity)
        if sown is not None:
            return _doubted(self._put(change, sown, sown.id))
        path = child(collection, event_name(_namespace(wanted), wanted.key))
        content = self._content_of(change, None)
        looks_first = quirks_of(kind_of(self._server)).looks_first
        if looks_first and (there := self._server.get(path)) is not None:
            return self._stands_already(change, there, in_doubt=False)
        answer = self._server.put(path, content, _NEW)
        if answer.succeeded:
            self._written(change, answer, path, content)
            return None
        if answer.status in _COLLIDES:
            stored = self._server.get(path)
            if stored is None:
                return self._uid_collides(change, path, answer)
            return self._stands_already(change, stored, in_doubt=answer.in_doubt)
        return _refused(change, answer)

    def _sow(self, collection: str) -> None:
        """Fill a calendar that was made for what is to come, if that has not been tried yet."""
        calendar = self._settings.whereabouts.made.pop(collection, None)
        if calendar is not None:
            here = [each for each in self._changes if self._goes_into(collection, each)]
            self._sown.update(sow(self._server, collection, calendar, here))

    def _goes_into(self, collection: str, change: Change) -> bool:
        if change.identity.kind == COLLECTION or change.action is not Action.CREATE:
            return False
        with suppress(
            IntegrationError
        ):  # where the calendar of another one is not there, that is said in its turn
            return self._collection(_wanted(change)) == collection
        return False

    def _stands_already(self, change: Change, stored: Stored, *, in_doubt: bool) -> Outcome | None:
        """Go on with what stands at the place of an event: ours is written again, anybody else's is left alone."""
        wanted, path = _wanted(change), stored.path
        remote = event_remote(stored, wanted)
        assert remote is not None  # noqa: S101 - something stands there, and is wanted
        if not remote.ours:
            error = f"{path} stands where {change.identity} should go, and briefingkit did not make it"
            return Outcome(change, Status.REFUSED, error=error)
        if remote.resource.fields == wanted.fields:
            return Outcome(change, Status.DONE, remote)
        return self._put(change, remote, path, in_doubt=in_doubt)

    def _uid_collides(self, change: Change, path: str, answer: Answer) -> Outcome | None:
        """Go on with our own that came with its calendar; what anybody else has put elsewhere is theirs to move."""
        wanted = _wanted(change)
        collection = self._collection(wanted)
        uid = wanted.fields["uid"]
        elsewhere = [each for each in self._server.with_uid(collection, str(uid)) if each != path]
        for ours in filter(could_be_ours, elsewhere):
            stored = self._server.get(ours)
            remote = event_remote(stored) if stored is not None else None
            if stored is not None and remote is not None and remote.identity == change.identity:
                return self._stands_already(change, stored, in_doubt=answer.in_doubt)
        if not elsewhere and answer.status == _FAILED:
            error = (
                f"the server refuses it although nothing stands at {path} ({_FAILED}): it may be too large"
            )
            return Outcome(change, Status.FAILED, error=error)
        if not elsewhere:
            return _refused(change, answer)
        error = (
            f"an event with this UID stands at {', '.join(elsewhere)}, where briefingkit did not put it: "
            "somebody has moved or imported it. Remove it there, then plan again"
        )
        return Outcome(change, Status.REFUSED, error=error)

    # Changing

    def _update(self, change: Change) -> Outcome | None:
        held = change.held
        assert held is not None  # noqa: S101 - an update has something to write over
        merges = quirks_of(kind_of(self._server)).merges_answers
        return self._put(change, held, held.id, tag=_answers_only(held) if merges else None)

    def _put(
        self,
        change: Change,
        over: Remote,
        path: str,
        *,
        tag: str | None = None,
        in_doubt: bool = False,
        again: bool = True,
    ) -> Outcome | None:
        """Write over what is held; where only guests' answers or people's own additions moved, write again once."""
        wanted = _wanted(change)
        content = self._content_of(change, over)
        precondition = {"If-Schedule-Tag-Match": tag} if tag is not None else _unchanged(over)
        answer = self._server.put(path, content, precondition)
        in_doubt = in_doubt or answer.in_doubt
        if answer.succeeded:
            self._written(change, answer, path, content)
            return None
        if answer.status != _FAILED:
            return _refused(change, answer)
        stored = self._server.get(path)
        now = event_remote(stored, wanted) if stored is not None else None
        if now is not None and now.ours:
            if in_doubt and now.resource.fields == wanted.fields:
                return Outcome(change, Status.DONE, now)
            if again and now.resource.fields == over.resource.fields:
                return self._put(change, now, path, in_doubt=in_doubt, again=False)
        return _moved(change, in_doubt=in_doubt)

    def _delete(self, change: Change) -> Outcome:
        held = change.held
        assert held is not None  # noqa: S101 - a deletion has something to take away
        over, in_doubt = held, False
        for again in (True, False):
            answer = self._server.delete(over.id, _unchanged(over))
            in_doubt = in_doubt or answer.in_doubt
            if answer.succeeded or answer.status in GONE:
                return Outcome(change, Status.DONE)
            if answer.status != _FAILED:
                return _refused(change, answer)
            stored = self._server.get(over.id)
            if stored is None:
                return Outcome(change, Status.DONE)
            now = event_remote(stored)
            if not again or now is None or now.resource.fields != held.resource.fields:
                break
            over = now
        return _moved(change, in_doubt=in_doubt)

    def _content_of(self, change: Change, over: Remote | None) -> bytes:
        """Give the event as it is sent over what is held: what was prepared, if that was for the same."""
        if self._ahead is not None and self._ahead[0] is change and self._ahead[1] is over:
            return self._ahead[2]
        return _content(_wanted(change), over)

    # What is there then

    def _written(self, change: Change, answer: Answer, path: str, content: bytes) -> None:
        """Note what the server holds: as it was sent where its ETag says so, else what is to be read back."""
        sent = _Sent(change, path, content, answer.etag, answer.headers.get("schedule-tag"))
        if sent.etag is not None and quirks_of(kind_of(self._server)).keeps(content):
            self._exact.append(sent)
        else:
            self._sent[path] = sent

    def read_back(self) -> Iterator[Outcome]:
        """Settle what is left: read what was written, and say what is there."""
        self._settle()
        yield from self.settled()
        found: dict[str, Stored] = {}
        problem = "it is not there any more"
        for collection in dict.fromkeys(map(parent_of, self._sent)):
            paths = [path for path in self._sent if parent_of(path) == collection]
            try:
                found.update((stored.path, stored) for stored in self._server.multiget(collection, paths))
            except IntegrationError as error:
                problem = str(error)
        for path, sent in self._sent.items():
            yield _settled(sent, found.get(path), problem)

    # Where

    def _collection(self, wanted: Resource) -> str:
        """Return the path of the calendar that an event stands in; IntegrationError where there is none."""
        known, namespace = self._settings.whereabouts, _namespace(wanted)
        if namespace not in known.paths:
            _, calendars = find_calendars(self._server, {namespace})
            known.paths[namespace] = {name: calendar.path for name, calendar in calendars.items()}
            known.server = self._server.recognised
        name = language_of(wanted.key) if self._settings.is_by_language else ONE_FOR_ALL
        path = known.paths[namespace].get(name)
        if path is None:
            raise IntegrationError(f"the calendar {name} is not there")
        return path


def _settled(sent: _Sent, stored: Stored | None, problem: str) -> Outcome:
    """Say what is held. Where it is not what our own write left, someone was faster: the next plan shows their edit."""
    change = sent.change
    as_sent = sent.as_sent() if stored is None or stored.etag != sent.etag else None
    if as_sent is not None:
        return Outcome(change, Status.DONE, as_sent)
    if stored is None:
        return Outcome(change, Status.UNKNOWN, error=f"it was written, and cannot be read: {problem}")
    remote = event_remote(stored, _wanted(change))
    if remote is None or not remote.ours:
        error = "the server took the event, and does not hold it as ours: look at it there, then plan again"
        return Outcome(change, Status.UNKNOWN, error=error)
    return Outcome(change, Status.DONE, remote)


def _content(wanted: Resource, over: Remote | None) -> bytes:
    return event_bytes(wanted, held_of(over) if over is not None else None)


def _wanted(change: Change) -> Resource:
    assert change.wanted is not None  # noqa: S101 - asked by those who call
    return change.wanted


def _namespace(wanted: Resource) -> str:
    mark = wanted.fields["mark"]
    return str(mark["namespace"]) if isinstance(mark, Mapping) else ""


def _answers_only(held: Remote) -> str | None:
    """Return the tag by which guests' answers are no conflict (RFC 6638 section 8.3), where there are guests."""
    return schedule_tag_of(held) if held.resource.fields.get("guests") else None


def _unchanged(over: Remote) -> Mapping[str, str]:
    """Ask that what is there is what was seen; a server without ETags is not asked for what it cannot tell."""
    return {"If-Match": over.etag} if over.etag else {}


def _doubted(outcome: Outcome | None) -> Outcome | None:
    """Take back that nothing has changed, where an event stands as it was sown."""
    if outcome is None or outcome.status is not Status.FAILED:
        return outcome
    return evolve(outcome, status=Status.UNKNOWN)


def _moved(change: Change, *, in_doubt: bool) -> Outcome:
    if in_doubt:
        error = "an answer was lost, and what stands there now is neither what was seen nor what was sent: plan again"
        return Outcome(change, Status.UNKNOWN, error=error)
    return Outcome(change, Status.FAILED, error="it has changed since it was read: plan again")


def _refused(change: Change, answer: Answer) -> Outcome:
    status = Status.UNKNOWN if answer.in_doubt else Status.FAILED
    error = in_words(answer.status, precondition_of(answer.body))
    return Outcome(change, status, error=error, stop=answer.status == _FULL)
