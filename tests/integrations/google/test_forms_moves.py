"""Bringing items into another order: with as few requests as can be, and never by guessing a place."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from briefingkit.testing.google import GoogleDouble
from briefingkit_google.forms.moves import Do, Step, arrange, longest_in_order, woven

ITEMS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def done(held: list[str], steps: list[Step]) -> list[str]:
    """Do what steps say, as the server does: each at a place among the items as they then are."""
    items = list(held)
    for step in steps:
        if step.do is Do.CREATE:
            items.insert(step.at, step.item)
            continue
        assert items[step.at] == step.item
        if step.do is Do.DELETE:
            items.pop(step.at)
        if step.do is Do.MOVE:
            items.insert(step.to, items.pop(step.at))
    return items


def fewest_moves(held: list[str], wanted: list[str]) -> int:
    """Try which items may stay, the most first: those that do must be in order."""
    kept = [item for item in wanted if item in held]
    places = [held.index(item) for item in kept]
    for size in range(len(kept), -1, -1):
        if any(list(some) == sorted(some) for some in combinations(places, size)):
            return len(kept) - size
    raise AssertionError("nothing at all is in order")


@given(ITEMS, ITEMS)
def test_the_steps_lead_to_what_is_wanted(held: list[str], wanted: list[str]) -> None:
    assert done(held, list(arrange(held, wanted))) == wanted


@given(ITEMS, ITEMS)
def test_no_other_way_takes_fewer_requests(held: list[str], wanted: list[str]) -> None:
    steps = list(arrange(held, wanted))
    moved = sum(step.do is Do.MOVE for step in steps)
    assert moved == fewest_moves(held, wanted)
    assert sum(step.do is Do.CREATE for step in steps) == len(set(wanted) - set(held))
    assert sum(step.do is Do.DELETE for step in steps) == len(set(held) - set(wanted))


@given(ITEMS, ITEMS, st.frozensets(st.sampled_from("abcdefgh")), st.frozensets(st.sampled_from("abcdefgh")))
def test_what_others_lead_to_is_there_first_and_nothing_leads_to_what_is_gone(
    held: list[str], wanted: list[str], first: frozenset[str], changed: frozenset[str]
) -> None:
    steps = list(arrange(held, wanted, first=first, changed=changed))
    assert done(held, steps) == wanted
    created = [step.item in first for step in steps if step.do is Do.CREATE]
    assert created == sorted(created, reverse=True)
    phases = [step.do for step in steps]
    order = [Do.MOVE, Do.CREATE, Do.UPDATE, Do.DELETE]
    assert phases == sorted(phases, key=order.index)
    updated = {step.item for step in steps if step.do is Do.UPDATE}
    assert updated == changed & set(held) & set(wanted)


@given(st.lists(st.integers(), unique=True))
def test_the_longest_run_in_order_is_in_order_and_ends_nowhere_early(places: list[int]) -> None:
    found = longest_in_order(places)
    assert found == sorted(found)
    values = [places[index] for index in found]
    assert values == sorted(values)
    best = [1] * len(places)
    for index, place in enumerate(places):
        best[index] += max((best[i] for i in range(index) if places[i] < place), default=0)
    assert len(found) == max(best, default=0)


@given(ITEMS, st.frozensets(st.sampled_from("abcdefgh")), st.randoms(use_true_random=False))
def test_what_people_added_stays_behind_what_it_stood_behind(
    held: list[str], others: frozenset[str], chance: object
) -> None:
    ours = [item for item in held if item not in others]
    chance.shuffle(ours)
    whole = woven(held, ours, others)
    assert [item for item in whole if item not in others] == ours
    assert sorted(whole) == sorted(held)
    for place, item in enumerate(held):
        before = next((each for each in reversed(held[:place]) if each not in others), None)
        if item in others:
            now = whole[: whole.index(item)]
            assert next((each for each in reversed(now) if each not in others), None) == before


@settings(max_examples=25, deadline=None)
@given(ITEMS, ITEMS)
def test_the_server_does_with_them_what_is_expected(held: list[str], wanted: list[str]) -> None:
    with GoogleDouble() as google:
        form = google.make_form("A form")
        names = {item: f"0000000{place}" for place, item in enumerate("abcdefgh")}

        def body(item: str) -> dict[str, object]:
            return {"itemId": names[item], "title": item, "textItem": {}}

        for item in held:
            google.add_item(form, body(item))
        requests = []
        for step in arrange(held, wanted):
            at = {"index": step.at}
            if step.do is Do.CREATE:
                requests.append({"createItem": {"item": body(step.item), "location": at}})
            elif step.do is Do.DELETE:
                requests.append({"deleteItem": {"location": at}})
            else:
                requests.append({"moveItem": {"originalLocation": at, "newLocation": {"index": step.to}}})
        if requests:
            google.service("forms").forms().batchUpdate(formId=form, body={"requests": requests}).execute()
        assert [item["title"] for item in google.form(form).get("items", ())] == wanted
