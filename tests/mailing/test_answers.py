"""What servers say: kept in words that name nobody, and read for what it asks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.mailing.outgoing.answers import answered, asked_wait, clean
from briefingkit.mailing.outgoing.pacing import Backoff, Pace, paced
from briefingkit.mailing.outgoing.transport import Delivery, Status

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("5.1.1 <ann@x.example>: Recipient address rejected", "5.1.1 …: Recipient address rejected"),
        ("no mailbox Ann here", "no mailbox … here"),
        ("no Annie here", "no Annie here"),
        ("someone.else+tag@sub.x.example is full.", "… is full."),
        ("line one\r\n550 line\ttwo", "line one 550 line two"),
        ("\x1b[31mred\x07 \u202eevil\u200b", "[31mred evil"),
        (b"\xff\xfe not UTF-8", "\ufffd\ufffd not UTF-8"),
        ("x" * 5000, "x" * 299 + "…"),
        ("", ""),
    ],
)
def test_words_are_fit_to_keep(said: str | bytes, kept: str) -> None:
    assert clean(said, ("ann@x.example", "ann")) == kept


@given(said=st.text(max_size=200))
def test_whatever_is_said_stays_on_one_line_and_names_nobody(said: str) -> None:
    kept = clean(f"{said} ann@x.example {said}", ("ann@x.example", "ann"))
    assert kept.isprintable() or all(not each.isspace() or each == " " for each in kept)
    assert "ann@x.example" not in kept
    assert len(kept) <= 300


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("Greylisted, please try again in 5 minutes", timedelta(minutes=5)),
        ("4.7.1 Try again after 300 seconds", timedelta(seconds=300)),
        ("retry in 90s", timedelta(seconds=90)),
        ("come back in 2 hours", timedelta(hours=2)),
        ("Retry after 2h", timedelta(hours=2)),
        ("wait 99999 hours", timedelta(hours=24)),
        ("Try again later", None),
        ("4.7.0 too many errors after RCPT", None),
        ("error 5 minutes", None),
    ],
)
def test_a_server_may_say_how_long_to_wait(said: str, wait: timedelta | None) -> None:
    assert asked_wait(said) == wait


@pytest.mark.parametrize(
    ("code", "said", "status", "throttled"),
    [
        (250, "queued", Status.SENT, False),
        (421, "bye", Status.DEFERRED, True),
        (450, "4.2.0 mailbox busy", Status.DEFERRED, False),
        (450, "4.7.28 rate limited", Status.DEFERRED, True),
        (451, "Too many connections from your network", Status.DEFERRED, True),
        (452, "4.2.2 mailbox full", Status.DEFERRED, False),
        (454, "Maximum sending rate exceeded", Status.DEFERRED, True),
        (454, "Throttling failure: Daily message quota exceeded", Status.DEFERRED, True),
        (550, "rate limit? no: rejected", Status.FAILED, False),
        (-1, "", Status.DEFERRED, False),
        (354, "?", Status.DEFERRED, False),
    ],
)
def test_a_code_is_read_with_its_words(code: int, said: str, status: Status, *, throttled: bool) -> None:
    read = answered("k", code, said)
    assert (read.status, read.throttled) == (status, throttled)


BUSY = Delivery("", Status.DEFERRED, throttled=True)
WELL = Delivery("", Status.SENT)


def test_a_complaint_halves_the_width_and_each_more_doubles_the_rest() -> None:
    pace, rests = Pace(16), []
    for _ in range(9):
        pace = paced(pace, [BUSY], NOW)
        rests.append(pace.wait(NOW).total_seconds())
    assert pace.width == 1
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_a_server_that_asks_for_longer_gets_it() -> None:
    asked = Delivery("", Status.DEFERRED, throttled=True, retry_after=timedelta(minutes=9))
    assert paced(Pace(4), [WELL, asked, BUSY], NOW).wait(NOW) == timedelta(minutes=9)


def test_it_grows_again_one_by_one() -> None:
    pace = paced(Pace(8), [BUSY], NOW)
    for _ in range(10):
        pace = paced(pace, [WELL], NOW)
    assert (pace.width, pace.wait(NOW)) == (5, timedelta())
    for _ in range(100):
        pace = paced(pace, [WELL], NOW)
    assert pace.width == 8


def test_refusals_of_single_messages_change_nothing() -> None:
    pace = paced(Pace(8), [BUSY], NOW)
    assert paced(pace, [Delivery("", Status.FAILED), Delivery("", Status.DEFERRED)], NOW) == pace


def test_messages_do_not_all_come_back_at_one_moment() -> None:
    backoff = Backoff(first=timedelta(minutes=1), longest=timedelta(hours=1))
    waits = {backoff.after(1, f"{key:04x}").total_seconds() for key in range(0, 65536, 4096)}
    assert len(waits) == 16
    assert 60 <= min(waits) <= max(waits) <= 75
    assert backoff.after(50, "0000") == timedelta(hours=1)
