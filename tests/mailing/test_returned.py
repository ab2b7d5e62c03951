"""Mails that come back: what they tell is read, and whatever they are made of, nothing breaks and nobody is named."""

import base64
import quopri
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefingkit.mailing.incoming.feedback import Event, Kind, Reason, suppresses
from briefingkit.mailing.incoming.reports import fields_of
from briefingkit.mailing.incoming.returned import LARGEST, read_returned
from briefingkit.mailing.messages.names import Names
from briefingkit.mailing.people import suppression
from briefingkit.testing.mail.returned import DOMAIN, KEY, NAME, NAMES, ORIGINAL, complaint, report, status

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)


def read(content: bytes) -> tuple[Event, ...]:
    return read_returned(content, domain=DOMAIN, names=NAMES, now=NOW)


def test_a_report_of_a_mailbox_that_is_not_there_suppresses() -> None:
    (event,) = read(report(status()))
    assert (event.kind, event.reason, event.permanent) == (Kind.BOUNCED, Reason.BOUNCED, True)
    assert (event.key, event.recipient) == (KEY, "ana@example.org")
    assert event.at == datetime(2027, 2, 1, 10, tzinfo=UTC)
    assert suppresses(event) is suppression.Reason.BOUNCED
    assert "User unknown" in event.words
    assert "ana" not in event.words + repr(event)


@pytest.mark.parametrize(
    ("code", "reason", "permanent", "suppressed"),
    [
        ("5.1.1", Reason.BOUNCED, True, True),
        ("5.1.10", Reason.BOUNCED, True, True),
        ("5.1.3", Reason.INVALID, True, True),
        ("5.2.1", Reason.BOUNCED, True, True),
        ("5.2.2", Reason.OTHER, True, False),
        ("5.4.4", Reason.OTHER, True, False),
        ("5.7.1", Reason.BLOCKED, True, False),
        ("4.4.7", Reason.TIMED_OUT, False, False),
        ("nonsense", Reason.TIMED_OUT, False, False),
    ],
)
def test_only_an_address_behind_which_nobody_is_suppresses(
    code: str, reason: Reason, *, permanent: bool, suppressed: bool
) -> None:
    (event,) = read(report(status(code=code, diagnostic="it did not work")))
    assert (event.kind, event.reason, event.permanent) == (Kind.BOUNCED, reason, permanent)
    assert (suppresses(event) is not None) is suppressed


def test_a_status_that_says_little_is_read_with_the_server_s_own_answer() -> None:
    (event,) = read(report(status(code="5.0.0")))
    assert event.reason is Reason.BOUNCED
    (event,) = read(report(status(code="5.0.0", diagnostic="554 blocked by 192.5.1.1")))
    assert event.reason is Reason.OTHER


@pytest.mark.parametrize(
    ("action", "kind"), [("delayed", Kind.DEFERRED), ("delivered", Kind.DELIVERED), ("Relayed", Kind.SENT)]
)
def test_what_is_under_way_or_has_arrived_is_told(action: str, kind: Kind) -> None:
    (event,) = read(report(status(action=action, code="2.1.5")))
    assert (event.kind, suppresses(event)) == (kind, None)


def test_an_action_that_nobody_knows_tells_nothing() -> None:
    assert read(report(status(action="teleported"))) == ()


def test_a_complaint_suppresses_and_what_is_none_does_not() -> None:
    (event,) = read(complaint())
    assert (event.kind, event.key) == (Kind.COMPLAINED, KEY)
    assert suppresses(event) is suppression.Reason.COMPLAINED
    assert read(complaint("not-spam")) == ()
    assert read(complaint("auth-failure")) == ()


def asked(subject: str) -> tuple[Event, ...]:
    return read(f"From: ana@example.org\r\nSubject: {subject}\r\n\r\nplease\r\n".encode())


def test_who_asks_by_mail_for_no_more_is_heard() -> None:
    (event,) = asked(f"Unsubscribe {NAME.upper()}")
    assert (event.kind, event.key, event.proven) == (Kind.UNSUBSCRIBED, KEY, True)
    assert asked("unsubscribe") == ()


def test_a_name_counts_with_the_proof_that_only_our_ledger_can_make() -> None:
    (event,) = read(report(status()))
    assert (event.key, event.proven) == (KEY, True)
    stranger = Names(b"another ledger's key").name(KEY)
    for forged in (stranger, f"{KEY}.{'0' * 20}", f"{KEY}.", NAME[:-1], f"{NAME}0", NAME.replace("ab", "ac")):
        assert read(report(status(), original=ORIGINAL.replace(NAME, forged))) == ()
        assert read(report(f"Original-Envelope-Id: {forged}\n{status()}", original="")) == ()
        assert asked(f"unsubscribe {forged}") == ()


def test_a_name_without_a_proof_is_read_and_said_to_have_none() -> None:
    (bounced,) = read(report(status(), original=ORIGINAL.replace(NAME, KEY)))
    (by_envelope,) = read(report(f"Original-Envelope-Id: {KEY}\n{status()}", original=""))
    (left,) = asked(f"unsubscribe {KEY}")
    for event in (bounced, by_envelope, left):
        assert (event.key, event.proven) == (KEY, False)


def test_a_proof_in_one_place_is_enough() -> None:
    (event,) = read(report(f"Original-Envelope-Id: {KEY}\n{status()}"))
    assert (event.key, event.proven) == (KEY, True)


@pytest.mark.parametrize(
    "original",
    [
        "",
        ORIGINAL.replace(DOMAIN, "example.net"),
        ORIGINAL.replace(NAME, "1234"),
        ORIGINAL.replace("Message-ID", "X-Message"),
    ],
    ids=["nothing", "another domain", "another name", "no Message-ID"],
)
def test_a_mail_that_is_none_of_ours_tells_nothing(original: str) -> None:
    assert read(report(status(), original=original)) == ()


def test_our_name_for_the_envelope_is_enough_where_no_header_came_back() -> None:
    named = f"Original-Envelope-Id: {NAME}\n{status()}"
    (event,) = read(report(named, original=""))
    assert (event.key, event.reason, event.proven) == (KEY, Reason.BOUNCED, True)
    assert read(report(named.replace(NAME, "x" * 40), original="")) == ()


def test_our_key_counts_in_the_header_that_came_back_and_nowhere_else() -> None:
    original = f"From: x@example.org\n\nMessage-ID: <{NAME}@{DOMAIN}>\n"
    assert read(report(status(), original=original)) == ()
    mail = f"Message-ID: <{NAME}@{DOMAIN}>\r\nSubject: hello\r\n\r\nhello\r\n".encode()
    assert read(mail) == ()


@pytest.mark.parametrize("how", ["base64", "quoted-printable", "x-unknown"])
def test_a_part_may_be_encoded_as_it_should_not_be(how: str) -> None:
    said = status().encode()
    coded = {
        "base64": base64.encodebytes(said).decode(),
        "quoted-printable": quopri.encodestring(said).decode(),
        "x-unknown": said.decode(),
    }[how]
    mail = report(coded, about=f"message/delivery-status\nContent-Transfer-Encoding: {how}")
    (event,) = read(mail)
    assert event.reason is Reason.BOUNCED


def test_a_report_that_somebody_forwards_is_still_read_and_a_deep_one_is_not() -> None:
    inner = report(status())

    def wrapped(mail: bytes, name: str) -> bytes:
        head = f'Content-Type: multipart/mixed; boundary="{name}"\r\n\r\n--{name}\r\n'.encode()
        return head + mail + f"\r\n--{name}--\r\n".encode()

    assert len(read(wrapped(inner, "a"))) == 1
    deep = inner
    for number in range(2000):
        deep = wrapped(deep, f"b{number}")
    assert read(deep) == ()


def test_the_same_mail_again_has_the_same_id_and_another_has_another() -> None:
    first, again = read(report(status())), read(report(status()))
    other = read(report(status(), message_id="<2@mx.example.net>"))
    assert first[0].id == again[0].id != other[0].id


def test_addresses_beyond_ascii_are_read() -> None:
    said = status(recipient="jörg@example.org").replace("rfc822;", "utf-8;")
    (event,) = read(report(said, about="message/global-delivery-status", kind="message/global-headers"))
    assert event.recipient == "jörg@example.org"


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Mon, 01 Feb 2100 10:00:00 +0000",
        "Mon, 01 Feb 0001 10:00:00 -2359",
        "1 1 1 1:1:1 +999999",
    ],
)
def test_a_date_that_cannot_be_is_now(date: str) -> None:
    (event,) = read(report(status(), date=date))
    assert event.at == NOW


def test_a_report_about_many_is_read_for_some_and_takes_no_time() -> None:
    groups = "\n".join(
        f"\nFinal-Recipient: rfc822; person.{number}@example.org\nAction: failed\nStatus: 5.1.1"
        for number in range(10_000)
    )
    began = datetime.now(UTC)
    events = read(report(f"Reporting-MTA: dns; mx\n{groups}"))
    assert 0 < len(events) <= 20
    assert datetime.now(UTC) - began < timedelta(seconds=5)


def test_what_is_beyond_a_megabyte_is_not_looked_at() -> None:
    assert read(report(status() + "\n" + "x" * LARGEST)) == ()


def test_a_boundary_that_never_comes_or_always_comes_takes_no_time() -> None:
    began = datetime.now(UTC)
    head = b'Content-Type: multipart/report; boundary="-"\r\n\r\n'
    assert read(head + b"-" * LARGEST) == ()
    assert read(head + b"\n---\n" * 200_000) == ()
    assert read(head + b"\n---" + b" " * LARGEST) == ()
    assert datetime.now(UTC) - began < timedelta(seconds=5)


HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        [
            b"\r\n",
            b"\n\n",
            b"--9B095B5ADSN.1/mx.example.net\r\n",
            b"--9B095B5ADSN.1/mx.example.net--",
            b"Content-Type: message/delivery-status\r\n\r\n",
            b"Content-Type: multipart/mixed; boundary*=utf-8''%ff\r\n\r\n",
            b'Content-Type: multipart/report; boundary="\r\n\r\n',
            b"Content-Transfer-Encoding: base64\r\n",
            b"Action: failed\r\nStatus: 5.1.1\r\n",
            b"Final-Recipient: rfc822;\r\n",
            f"Message-ID: <{NAME}@{DOMAIN}>\r\n".encode(),
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(HOSTILE, max_size=12).map(b"".join), st.integers(0, 1500), st.integers(0, 400))
def test_whatever_is_put_into_a_report_is_read_or_passed_over(junk: bytes, at: int, over: int) -> None:
    whole = report(status())
    for content in (junk, whole[:at] + junk + whole[at + over :], whole[:at]):
        for event in read(content):
            assert event.key == KEY
            assert event.at <= NOW
            assert len(event.words) <= 300
            assert "@" not in event.words


@given(st.binary(max_size=2000))
def test_fields_are_read_out_of_anything(body: bytes) -> None:
    for group in fields_of(body):
        assert all(name == name.strip().lower() for name in group)
