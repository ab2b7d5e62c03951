"""Looking once for all who ask at the same time: nobody gets what was seen before they asked."""

import asyncio
import threading

import pytest

from briefingkit.errors import StoreError
from briefingkit_web.shared_look import SharedLook


class Eyes:
    """Counts how often it looks; each look waits until it may end."""

    def __init__(self) -> None:
        self.looks = 0
        self.begun, self.may_end = threading.Event(), threading.Event()

    def look(self) -> int:
        self.looks += 1
        seen = self.looks
        self.begun.set()
        assert self.may_end.wait(30)
        return seen


def test_all_who_ask_before_it_begins_share_a_look_and_who_comes_later_has_the_next() -> None:
    eyes = Eyes()

    async def visit() -> list[int]:
        shared = SharedLook(eyes.look)
        first = [asyncio.create_task(shared.now()) for _ in range(20)]
        await asyncio.to_thread(eyes.begun.wait, 30)
        later = [asyncio.create_task(shared.now()) for _ in range(20)]
        await asyncio.sleep(0)
        eyes.may_end.set()
        return [await each for each in (*first, *later)]

    assert asyncio.run(visit()) == [1] * 20 + [2] * 20


def test_who_goes_away_does_not_take_the_others_look_along() -> None:
    eyes = Eyes()

    async def visit() -> int:
        shared = SharedLook(eyes.look)
        gone, stays = (asyncio.create_task(shared.now()) for _ in range(2))
        await asyncio.to_thread(eyes.begun.wait, 30)
        gone.cancel()
        eyes.may_end.set()
        return await stays

    assert asyncio.run(visit()) == 1


def test_what_goes_wrong_is_told_to_all_and_the_next_looks_again() -> None:
    answers = iter([StoreError("locked"), 7])

    def look() -> int:
        answer = next(answers)
        if isinstance(answer, StoreError):
            raise answer
        return answer

    async def visit() -> int:
        shared = SharedLook(look)
        for each in await asyncio.gather(shared.now(), shared.now(), return_exceptions=True):
            assert isinstance(each, StoreError)
        return await shared.now()

    assert asyncio.run(visit()) == 7


def test_each_event_loop_may_ask_in_its_turn() -> None:
    """As a test client does that begins a loop for each request."""
    answers = iter((1, 2))
    shared = SharedLook(lambda: next(answers))
    assert [asyncio.run(shared.now()) for _ in range(2)] == [1, 2]


def test_a_look_that_its_event_loop_did_not_live_to_begin_keeps_nobody_from_the_next() -> None:
    eyes = Eyes()
    shared = SharedLook(eyes.look)

    async def end_while_one_waits_for_another() -> None:
        first = asyncio.create_task(shared.now())
        await asyncio.to_thread(eyes.begun.wait, 30)
        waits = asyncio.create_task(shared.now())
        waits.add_done_callback(lambda _: eyes.may_end.set())  # when the loop has cancelled all that it had
        await asyncio.sleep(0)
        assert not first.done()

    asyncio.run(end_while_one_waits_for_another())
    assert asyncio.run(shared.now()) == 2


def test_an_error_that_nobody_waits_for_is_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    eyes = Eyes()

    def look() -> int:
        eyes.look()
        raise StoreError("locked")

    async def visit() -> None:
        shared = SharedLook(look)
        gone = asyncio.create_task(shared.now())
        await asyncio.to_thread(eyes.begun.wait, 30)
        gone.cancel()
        eyes.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(visit(), debug=False)
    assert caplog.text == ""
