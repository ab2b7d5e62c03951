"""Many requests in few: batches of fifty, an answer for each part, and only what may have passed is asked again.

A part counts against the quota like a request of its own and can fail alone; the whole can fail as well, and then
nobody knows how many of its parts were done. Source: https://developers.google.com/workspace/calendar/api/guides/batch
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from attrs import define, evolve, field, frozen

from briefingkit.errors import IntegrationError, Transient
from briefingkit.retry import retrying
from briefingkit_google.client import Session, checked
from briefingkit_google.faults import Fault, Reach, garbled

__all__ = ["Ask", "Reply", "send"]

LARGEST = 50
"""Parts of one batch; Calendar allows 1,000 and slows those down that send many."""

_ALONE = 7
"""How often a part is tried whose neighbours get through: by then the trouble is its own."""


@frozen(eq=False)
class Ask:
    """A request, and how to send it.

    `calendar` is the one that it is about, for the words where that may not be seen. `once`: it is not to be sent again
    where the server may have acted on it. `wait`: seconds to leave before.
    """

    request: Any = field(repr=False)
    calendar: str | None = None
    once: bool = False
    wait: float = 0.0


@frozen
class Reply:
    """What came of a request: an answer, or a fault. `unsure`: an earlier attempt may have been acted on."""

    answer: Any = None
    fault: Fault | None = None
    unsure: bool = False


def send(session: Session, asks: Sequence[Ask]) -> list[Reply]:
    """Send requests until each has an answer or a fault that stays; replies stand in the order of the requests.

    Nothing is raised for what goes wrong at Google or on the way: where all of it is out of reach, each reply that is
    left says so.
    """
    run = _Run(session, asks)
    with suppress(IntegrationError):  # it stands in the replies
        retrying(run.attempt, patience=session.patience, sleep=session.sleep)
    return [Reply(part.answer, part.fault, part.unsure) for part in run.parts]


@define
class _Part:
    """What is known of one request so far; `settled` once nothing more is to be done about it."""

    ask: Ask
    answer: Any = None
    fault: Fault | None = None
    unsure: bool = False
    settled: bool = False
    attempts: int = 0


class _Run:
    """The parts of one call of `send`, through all its attempts."""

    def __init__(self, session: Session, asks: Sequence[Ask]) -> None:
        self._session = session
        self.parts = [_Part(ask) for ask in asks]
        self._through = False

    def attempt(self) -> None:
        """Send what has no answer yet. Raises Transient where some of it is worth another attempt."""
        waiting = [part for part in self.parts if not part.settled]
        together = [part for part in waiting if not part.ask.once]
        for start in range(0, len(together), LARGEST):
            self._send(together[start : start + LARGEST])
        for part in waiting:
            if part.ask.once:
                self._send([part])
        left = [part.fault for part in self.parts if not part.settled and part.fault is not None]
        if left:
            asked = [fault.retry_after for fault in left if fault.retry_after is not None]
            raise Transient(left[0].words, retry_after=max(asked, default=None))

    def _send(self, parts: Sequence[_Part]) -> None:
        first = parts[0].ask
        alone = len(parts) == 1
        answers = (
            [self._session.try_once(first.request, calendar=first.calendar)]
            if alone
            else self._send_together(parts)
        )
        self._through = self._through or not all(_is_passing(answer) for answer in answers)
        for part, answer in zip(parts, answers, strict=True):
            self._note(part, answer)

    def _send_together(self, parts: Sequence[_Part]) -> list[Any]:
        """Send one batch. Where it fails as a whole, each part has that fault."""
        session = self._session
        answers: dict[str, Any] = {}

        def note(number: str, answer: Any, error: Exception | None) -> None:
            if error is not None:
                answers[number] = session.fault_of(error, calendar=parts[int(number)].ask.calendar)
            else:
                answers[number] = checked(answer)

        batch = session.service.new_batch_http_request(callback=note)
        for number, part in enumerate(parts):
            batch.add(part.ask.request, request_id=str(number))
        try:
            batch.execute(http=_Renewing(session))
        except (LookupError, ValueError, TypeError, AttributeError):
            # What the client's parser raises on half an answer, or on one with a part too few.
            return [garbled()] * len(parts)
        except Exception as error:  # noqa: BLE001 - what is unknown is raised again
            return [_of_whole(session.fault_of(error))] * len(parts)
        return [answers.get(str(number), garbled()) for number in range(len(parts))]

    def _note(self, part: _Part, answer: Any) -> None:
        part.attempts += 1
        if not isinstance(answer, Fault):
            part.answer, part.fault, part.settled = answer, None, True
            return
        part.fault = answer
        part.unsure = part.unsure or not answer.certain
        hopeless = self._through and not answer.certain and part.attempts >= _ALONE
        part.settled = answer.reach is not Reach.PASSING or hopeless or (part.ask.once and part.unsure)


def _of_whole(fault: Fault) -> Fault:
    """Give each part the fault of a batch; that the batch was not found says nothing of what its parts are about."""
    if fault.reach is not Reach.RESOURCE:
        return fault
    words = f"the server takes no requests in batches: {fault.words}"
    return evolve(fault, reach=Reach.TARGET, words=words, status=None)


def _is_passing(answer: Any) -> bool:
    return isinstance(answer, Fault) and answer.reach is Reach.PASSING


class _Renewing:
    """The wire for one batch, which Google's client sends a second time for one reason: parts were answered with 401.

    Between the two there has to be a new token; without one the second would say the same.
    """

    def __init__(self, session: Session) -> None:
        self._transport = session.transport
        self._sent = False

    def request(self, uri: str, **request: Any) -> Any:
        """Send it; the second time with a new token."""
        if self._sent:
            self._transport.renew()
        self._sent = True
        return self._transport.request(uri, **request)
