"""Messages on their way through a web API: made ready, held, and let go, a few requests at once.

A web API has no last dot to withhold. What can be found out beforehand is: whether the service is there, whether an
address, a size and a batch are ones that it takes. Then the requests wait, and `commit` makes them.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta

from attrs import field, frozen

from briefingkit.errors import BriefingkitError, IntegrationError, MailingError, MissingExtra, Transient
from briefingkit.mailing.messages.headers import wire_address
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.answers import clean
from briefingkit.mailing.outgoing.transport import Delivery, Settled, Staged, Status
from briefingkit.retry import Patience, retrying
from briefingkit.web_api.line import Call, Garbled, Line, Lost, Reply
from briefingkit_mail.http_verdicts import Verdict, hidden_in, judged, said, same_for, waited

__all__ = ["MailLine", "Posting", "Service", "stage"]

_AGAIN = Patience(budget=timedelta(seconds=6), longest=timedelta(seconds=3))
"""How patiently a request with a key is made again within one commit, so that a few time-outs fit into a lease."""


def _alone(_message: Message) -> None:
    return None


def _as_it_is(call: Call) -> Call:
    return call


class MailLine(Line):
    """The line to a mail service; `refusal` says in words why it takes nothing at all."""

    def __init__(self, *, connections: int, timeout: float) -> None:
        super().__init__(connections=connections, timeout=timeout)
        self.refusal: str | None = None
        self.sleep: Callable[[float], None] = time.sleep


@frozen
class Service:
    """What is particular to a service, as functions; all but `sign` without I/O.

    `compose` writes the request for messages, `read` gives what its answer says of each (Garbled where it says nothing
    that can be read), `judge` what it means. `sign` says in a request who we are, for which it may have to ask: it
    raises IntegrationError where we are nobody, Transient where that cannot be asked now. Messages with an equal
    `group` may share a request, up to `most` of them and `room` octets, and where they have to be `distinct` no two to
    one address; None goes alone. `largest` is how many octets a message may have. `keyed` says that a request carries a
    key, so that the same one made again counts once. `advice` is what to do where everything is refused.
    """

    name: str
    url: str
    compose: Callable[[Sequence[Message]], Call] = field(repr=False)
    read: Callable[[Reply, Sequence[Message]], Sequence[Delivery]] = field(repr=False)
    largest: int
    advice: str
    judge: Callable[[Reply], Verdict] = judged
    sign: Callable[[Call], Call] = field(default=_as_it_is, repr=False)
    group: Callable[[Message], Hashable | None] = _alone
    most: int = 1
    room: int = 20 << 20
    distinct: bool = False
    keyed: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)


def stage(service: Service, line: MailLine, messages: Sequence[Message]) -> Staged:
    """Make messages ready. Raises Transient where the service is not there, IntegrationError where it takes nothing."""
    if line.refusal is not None:
        refusal, line.refusal = line.refusal.rstrip("."), None
        raise IntegrationError(f"{service.name} refuses everything: {refusal}. {service.advice}")
    settled = dict[str, Delivery]()
    ready = list[Message]()
    for message in messages:
        problem = _problem(service, message)
        if problem is None:
            ready.append(message)
        else:
            settled[message.key] = Delivery(message.key, Status.FAILED, words=problem)
    if not ready:
        return Settled(list(settled.values()))
    try:
        line.knock(service.url)
        service.sign(service.compose(ready[:1]))
    except Transient as fault:
        raise Transient(f"{service.name}: {fault}", retry_after=fault.retry_after) from None
    except MissingExtra:
        raise
    except IntegrationError as fault:
        raise IntegrationError(f"{service.name}: {fault}") from None
    return Posting(service, line, list(_shared(service, ready)), list(settled.values()))


def _problem(service: Service, message: Message) -> str | None:
    """Say why a message cannot go this way, without whom it is for."""
    try:
        _, utf8 = wire_address(message.recipient)
        if utf8 or not message.sender.isascii():
            return f"{service.name} takes no address that is not ASCII before the @"
        if len(message.content) > service.largest:
            return f"{service.name} takes at most {service.largest >> 20} MB a message"
        service.compose([message])
    except MailingError as error:
        return clean(str(error), hidden_in([message]))
    except (BriefingkitError, AssertionError, LookupError, ValueError):
        return "the message cannot be read"
    return None


def _shared(service: Service, messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Put messages together that share a request, in the order in which each first came."""
    held = dict[Hashable, list[Message]]()
    for message in messages:
        group = service.group(message)
        if group is None:
            yield [message]
            continue
        together = held.setdefault(group, [])
        if together and not _has_room(service, together, message):
            yield together
            together = held[group] = []
        together.append(message)
    yield from held.values()


def _has_room(service: Service, together: Sequence[Message], message: Message) -> bool:
    if len(together) >= service.most:
        return False
    if sum(len(each.content) for each in together) + len(message.content) > service.room:
        return False
    return not service.distinct or all(
        each.recipient.lower() != message.recipient.lower() for each in together
    )


@frozen
class Posting:
    """Requests that wait, each with its messages."""

    service: Service
    line: MailLine
    requests: Sequence[Sequence[Message]] = field(repr=False)
    settled: Sequence[Delivery] = ()

    @property
    def keys(self) -> Sequence[str]:
        """Those that wait."""
        return [message.key for messages in self.requests for message in messages]

    def commit(self) -> Iterable[Delivery]:
        """Make the requests, several at once, and tell of each as its answer comes."""
        if len(self.requests) == 1:
            yield from self._post(self.requests[0])
            return
        with ThreadPoolExecutor(min(self.line.connections, len(self.requests))) as pool:
            try:
                for done in as_completed([pool.submit(self._post, messages) for messages in self.requests]):
                    yield from done.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def abandon(self) -> None:
        """Make none."""

    def _post(self, messages: Sequence[Message]) -> Sequence[Delivery]:
        if not self.line.reached:
            # Somebody else waits for an answer in vain: no further messages come into doubt, and no time is lost.
            words = "the service does not answer other requests"
            return same_for(messages, Status.DEFERRED, words=words, throttled=True)
        try:
            reply, doubt = self._answer(self.service.compose(messages))
        except Lost as fault:
            return same_for(messages, Status.UNKNOWN, words=str(fault))
        except Transient as fault:
            return same_for(messages, Status.DEFERRED, words=str(fault), throttled=True)
        except IntegrationError as fault:
            self.line.refusal = str(fault)
            return same_for(messages, Status.DEFERRED, words=str(fault), throttled=True)
        return self._judge(reply, messages, doubt=doubt)

    def _answer(self, call: Call) -> tuple[Reply, bool]:
        """Make a request; where it has a key, again while nobody knows what became of it.

        Told beside the answer is whether an earlier one is missing, which may have been a yes. Raises Lost where no
        answer came and one of the requests may have been acted on, Transient where none was.
        """
        if not self.service.keyed:
            return self.line.ask(self.service.sign(call)), False
        last: Reply | None = None
        doubt = False

        def once() -> Reply:
            nonlocal last, doubt
            last = None
            try:
                reply = self.line.ask(self.service.sign(call))
            except Lost:
                doubt = True
                raise
            if self.service.judge(reply) is Verdict.UNSURE:
                last, doubt = reply, True
                raise Lost("the service is in trouble")
            return reply

        try:
            return retrying(once, patience=_AGAIN, sleep=self.line.sleep), doubt
        except Transient as fault:
            if last is not None:
                return last, doubt
            if doubt:
                raise Lost("no answer came, and then nobody was there") from fault
            raise

    def _judge(self, reply: Reply, messages: Sequence[Message], *, doubt: bool) -> Sequence[Delivery]:
        words = said(reply, hidden_in(messages, self.service.secrets))
        verdict = self.service.judge(reply)
        if doubt and verdict is not Verdict.TAKEN:
            return same_for(messages, Status.UNKNOWN, code=reply.status, words=words)
        match verdict:
            case Verdict.TAKEN:
                return self._read(reply, messages)
            case Verdict.REFUSED if len(messages) > 1:
                # Nothing of it was done. One of them is to blame, and the others are to go.
                half = len(messages) // 2
                return [*self._post(messages[:half]), *self._post(messages[half:])]
            case Verdict.REFUSED:
                return same_for(messages, Status.FAILED, code=reply.status, words=words)
            case Verdict.BUSY:
                asked = waited(reply, words)
                more = {"code": reply.status, "words": words, "retry_after": asked, "throttled": True}
                return same_for(messages, Status.DEFERRED, **more)
            case Verdict.STRANGE:
                return same_for(messages, Status.DEFERRED, code=reply.status, words=words)
            case Verdict.DENIED:
                self.line.refusal = words
                return same_for(messages, Status.DEFERRED, code=reply.status, words=words, throttled=True)
            case Verdict.UNSURE:
                return same_for(messages, Status.UNKNOWN, code=reply.status, words=words)

    def _read(self, reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
        """Read an answer, and believe it only where it is about just these messages."""
        try:
            read = self.service.read(reply, messages)
        except (Garbled, AttributeError, LookupError, TypeError, ValueError):
            words = f"HTTP {reply.status}: an answer that cannot be read"
            return same_for(messages, Status.UNKNOWN, code=reply.status, words=words)
        if [each.key for each in read] != [message.key for message in messages]:
            words = (
                f"HTTP {reply.status}: an answer about {len(read)} messages to a request with {len(messages)}"
            )
            return same_for(messages, Status.UNKNOWN, code=reply.status, words=words)
        return read
