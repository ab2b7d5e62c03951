"""A signed link holds for what it was made for, until it expires, and says nothing of anyone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import RegistrationError
from briefingkit.registrations.links import (
    BadLink,
    Fault,
    link_end,
    number_of,
    read_link,
    sign,
    subject_of,
)
from briefingkit.testing.contract import sample_briefing

KEY, NOW = b"k" * 32, datetime(2027, 2, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SUBJECTS = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)


def made(subject: str = "n17", purpose: str = "registration", briefing: str = "road-2027") -> str:
    return sign(KEY, subject, purpose=purpose, briefing=briefing, expires=LATER)


def fault(
    token: str,
    *,
    key: bytes = KEY,
    purpose: str = "registration",
    briefing: str = "road-2027",
    now: datetime = NOW,
) -> Fault | None:
    try:
        read_link(key, token, purpose=purpose, briefing=briefing, now=now)
    except BadLink as error:
        return error.fault
    return None


@given(SUBJECTS, st.text(max_size=20), st.text(max_size=20))
def test_what_was_signed_is_read_again(subject: str, purpose: str, briefing: str) -> None:
    token = sign(KEY, subject, purpose=purpose, briefing=briefing, expires=LATER)
    read = read_link(KEY, token, purpose=purpose, briefing=briefing, now=NOW)
    assert (read.subject, read.expires) == (subject, LATER)
    assert token.replace("-", "").replace("_", "").isalnum()


def test_it_holds_for_no_other_purpose_briefing_or_ledger() -> None:
    assert fault(made()) is None
    assert fault(made(), purpose="form") is Fault.FORGED
    assert fault(made(), briefing="other-2027") is Fault.FORGED
    assert fault(made(), key=b"x" * 32) is Fault.FORGED
    # What ends one part cannot begin the next.
    assert fault(made(purpose="a", briefing="b\0c"), purpose="a\0b", briefing="c") is Fault.FORGED


def test_it_expires_and_not_a_second_before() -> None:
    assert fault(made(), now=LATER - timedelta(seconds=1)) is None
    assert fault(made(), now=LATER) is Fault.EXPIRED


@given(st.integers(0, 200), st.characters())
def test_one_letter_changed_is_a_forgery(place: int, letter: str) -> None:
    token = made()
    altered = token[: place % len(token)] + letter + token[place % len(token) + 1 :]
    assert altered == token or fault(altered) is Fault.FORGED


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert fault(text) is Fault.FORGED


@pytest.mark.parametrize("subject", ["", "ana@example.org", "a b", "é", "x" * 65, "a\n", "../x"])
def test_nothing_personal_gets_into_a_link(subject: str) -> None:
    with pytest.raises(RegistrationError):
        made(subject)


def test_an_error_quotes_nothing_of_the_link() -> None:
    token = made()
    with pytest.raises(BadLink) as refused:
        read_link(b"x", token, purpose="registration", briefing="road-2027", now=NOW)
    assert token not in str(refused.value)


def test_a_registration_is_named_by_its_number() -> None:
    assert number_of(subject_of(17)) == 17
    assert [number_of(each) for each in ("17", "n", "n-1", "n1x", "n" + "9" * 20)] == [None] * 5


def test_a_link_lasts_a_month_beyond_the_event_and_a_month_from_now() -> None:
    end = datetime(2022, 4, 13, 14, 30, tzinfo=UTC)
    assert link_end(sample_briefing(), end - timedelta(days=90)) == end + timedelta(days=30)
    assert link_end(sample_briefing(), NOW) == NOW + timedelta(days=30)
