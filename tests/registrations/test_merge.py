from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from briefingkit.registrations.merge import Effect, merge
from briefingkit.registrations.person import normalised_email, person_of
from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.registrations.response import Answer, Response

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
KEYS = ("name", "country", "meal")


def response(minute: int, *, cancels: bool = False, **answers: Answer) -> Response:
    return Response(f"r{minute}", "b", "page", AT + timedelta(minutes=minute), None, answers, cancels=cancels)


def merged(responses: list[Response]) -> Registration:
    held: Registration | None = None
    for number, each in enumerate(responses, 1):
        held = merge(held, each, person="ada@example.org", number=number).registration
    assert held is not None
    return held


@st.composite
def histories(draw: st.DrawFn) -> list[Response]:
    minutes = draw(st.lists(st.integers(0, 50), unique=True, min_size=1, max_size=4))
    answers = st.dictionaries(st.sampled_from(KEYS), st.one_of(st.none(), st.sampled_from(["x", "y"])))
    return [response(each, cancels=draw(st.booleans()), **draw(answers)) for each in minutes]


@given(histories())
def test_the_order_in_which_responses_arrive_does_not_matter(history: list[Response]) -> None:
    results = {
        (
            str(sorted(each.answers.items(), key=str)),
            each.changed_at,
            each.created_at,
            each.status is RegistrationStatus.CANCELLED,
        )
        for each in map(merged, map(list, permutations(history)))
    }
    assert len(results) == 1


@given(histories())
def test_each_answer_is_the_latest_that_was_given(history: list[Response]) -> None:
    held = merged(history)
    for key in KEYS:
        said = [each for each in history if key in each.answers]
        if said:
            assert held.answers[key] == max(said, key=lambda each: each.at).answers[key]
        else:
            assert key not in held.answers


def test_what_was_there_before_is_told() -> None:
    held = merged([response(1, name="Ada", country="BE")])
    change = merge(held, response(2, name="Ada O.", meal="veg"), person="ada@example.org", number=2)
    assert change.before == {"name": "Ada", "meal": None}
    assert change.effect is Effect.CHANGED
    assert change.registration.answers == {"name": "Ada O.", "country": "BE", "meal": "veg"}


def test_an_older_response_fills_in_what_nobody_answered_later() -> None:
    held = merged([response(5, name="new"), response(1, name="old", country="BE")])
    assert held.answers == {"name": "new", "country": "BE"}
    assert held.changed_at == AT + timedelta(minutes=5)


def test_who_cancelled_comes_back_at_the_end_of_the_queue() -> None:
    held = merged([response(1, name="Ada"), response(2, cancels=True)])
    assert held.status is RegistrationStatus.CANCELLED
    back = merge(held, response(3), person="ada@example.org", number=9)
    assert back.effect is Effect.RETURNED
    assert (back.registration.number, back.registration.position) == (1, 9)
    assert back.registration.answers == {"name": "Ada"}


def test_a_cancellation_that_is_older_than_the_last_word_is_none() -> None:
    assert merged([response(3), response(2, cancels=True)]).status is RegistrationStatus.PENDING


def test_an_address_is_the_same_in_any_case_and_script_of_its_domain() -> None:
    assert normalised_email(" Ada@Example.ORG ") == "ada@example.org"
    assert normalised_email("ada@BÜCHER.example") == normalised_email("ada@xn--bcher-kva.example")
    assert normalised_email("mailto:ada@example.org") == "ada@example.org"
    assert normalised_email("a.da+news@example.org") != normalised_email("ada@example.org")


def test_what_is_no_address_is_told() -> None:
    wrong = ("", "ada", "@x.org", "a@", "a@b@c", "a b@x.org", "a@x.org, b@x.org", "a\x00@x.org", None, 3)
    assert [each for each in wrong if normalised_email(each) is not None] == []
    assert normalised_email(f"{'a' * 300}@example.org") is None


@given(st.text())
def test_normalising_an_address_again_changes_nothing(text: str) -> None:
    address = normalised_email(f"{text}@example.org")
    if address is not None:
        assert normalised_email(address) == address


def test_a_response_without_an_address_is_a_person_of_its_own() -> None:
    assert len({person_of(response(1, name="Ada")), person_of(response(2, name="Ada"))}) == 2
