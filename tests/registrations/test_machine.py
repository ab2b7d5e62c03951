"""The list against a model of it: whatever is handed in, in whatever order, twice, late, cancelled and come back."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from briefingkit.model import Briefing, Programme, structure
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.response import Response
from briefingkit.store import open_ledger

AT = datetime(2027, 3, 1, tzinfo=UTC)
PEOPLE = st.sampled_from("abcde")
NUMBERS = count()


@cache
def ledger() -> Any:
    """Give one ledger for all runs: to make one takes longer than to fill it."""
    return open_ledger("sqlite://")


@cache
def briefing(capacity: int) -> Briefing:
    return structure(
        {
            "briefing": "b",
            "languages": ["en"],
            "title": "B",
            "status": "confirmed",
            "start": "2027-03-10T15:00",
            "end": "2027-03-10T16:00",
            "timezone": "UTC",
            "registration": {"capacity": capacity, "waitlist": True},
        }
    )


class ListMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.name = f"b{next(NUMBERS)}"  # nobody is on its list yet
        self.sent: dict[tuple[str, int], Response] = {}
        self.queue: list[str] = []
        self.last: dict[str, int] = {}
        self.cancelled: dict[str, bool] = {}
        self.open(2)

    def open(self, capacity: int) -> None:
        held = evolve(briefing(capacity), identifier=self.name)
        self.capacity = capacity
        self.roll = RegistrationList(held, Programme([held]), ledger(), clock=lambda: AT)

    @rule(person=PEOPLE, minute=st.integers(0, 9), cancels=st.booleans(), name=st.sampled_from(["x", "y"]))
    def hand_in(self, person: str, minute: int, name: str, *, cancels: bool) -> None:
        new = Response(
            f"{person}{minute}",
            self.name,
            "form",
            AT + timedelta(minutes=minute),
            None,
            {"email": f"{person}@example.org", "name": name},
            cancels=cancels,
        )
        # An intake hands in the same thing under the same name and time.
        response = self.sent.setdefault((person, minute), new)
        if response is new and minute >= self.last.get(person, -1):
            was_here = person in self.cancelled and not self.cancelled[person]
            if response.cancels and was_here:
                self.queue.remove(person)
            if not response.cancels and not was_here:
                self.queue.append(person)
            self.last[person], self.cancelled[person] = minute, response.cancels
        self.roll.receive(response)

    @rule(person=PEOPLE)
    def erase(self, person: str) -> None:
        self.roll.erase(f"{person}@example.org")
        self.queue = [each for each in self.queue if each != person]
        # From now on only what is newer than the erasure is taken, and nothing here is.
        self.cancelled.pop(person, None)
        self.last[person] = 10
        self.sent.update(
            {
                (person, minute): Response(
                    f"{person}{minute}",
                    self.name,
                    "form",
                    AT - timedelta(minutes=1),
                    None,
                    {"email": f"{person}@example.org"},
                )
                for minute in range(10)
            }
        )

    @rule(capacity=st.integers(1, 4))
    def change_capacity(self, capacity: int) -> None:
        self.open(capacity)
        self.roll.promote()

    @invariant()
    def places_are_counted_and_nobody_waits_beside_a_free_one(self) -> None:
        everybody = list(self.roll.list())
        here = [each for each in everybody if each.status in {"confirmed", "waitlisted"}]
        confirmed = [each for each in here if each.status == "confirmed"]
        waiting = [each for each in here if each.status == "waitlisted"]
        assert {each.person[0] for each in here} == set(self.queue)
        assert self.roll.counts().taken == len(confirmed)
        assert not waiting or len(confirmed) >= self.capacity
        order = [each.person[0] for each in sorted(waiting, key=lambda each: each.position)]
        assert order == [person for person in self.queue if person in order]

    @invariant()
    def each_answer_is_the_latest(self) -> None:
        for each in self.roll.list():
            person = each.person[0]
            said = {minute: r for (who, minute), r in self.sent.items() if who == person}
            assert each.answers["name"] == said[max(said)].answers["name"]


TestListMachine = ListMachine.TestCase
