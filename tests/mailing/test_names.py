"""Nobody who has not seen a message can say that it came back, and one that is sent again is as it was."""

from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from briefingkit.mailing.dispatch import Dispatch
from briefingkit.mailing.incoming.hearing import Heard, hear
from briefingkit.mailing.incoming.returned import read_returned
from briefingkit.mailing.messages.names import Named, Names
from briefingkit.mailing.office import Office
from briefingkit.mailing.outgoing.deliveries import Addressed, Resolution, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.keys import message_key
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit.project import Project, open_project
from briefingkit.registrations.codec import iso
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.migrations import STEPS, migrate
from briefingkit.testing.mail.returned import report, status
from briefingkit.testing.transport import MemoryTransport

from ..clock import NOW, Clock
from ..night_buses import BRIEFING, MAIL, PROJECT, write_project

DOMAIN = "talks.example.org"
MAILINGS = """\
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv}]}
"""
ANA = "ana@x.example"
KEY = message_key("night-buses", "invite", ANA)
KEYS = st.text("0123456789abcdef", min_size=40, max_size=40)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    mail = MAIL.replace("City Talks", f"City Talks, unsubscribe: leave@{DOMAIN}")
    write_project(tmp_path, PROJECT + mail, BRIEFING + MAILINGS, f"email,name\n{ANA},Ana\n")
    return open_project(tmp_path, clock=Clock())


@pytest.fixture
def transport() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def office(project: Project, transport: MemoryTransport) -> Iterator[Office]:
    with evolve(project.office(), transport=lambda: transport) as office:
        yield office


def invite(office: Office) -> Dispatch:
    return Dispatch(office, "night-buses", office.programme.briefings["night-buses"].mailing[0])


def told(office: Office, mail: bytes) -> Heard:
    events = read_returned(mail, domain=DOMAIN, names=office.names, now=office.clock())
    return hear(events, office.ledger, now=office.clock(), source="returned mail", ours_only=True)


def bounce(name: str, number: int = 1) -> bytes:
    original = f"To: Ana <{ANA}>\nMessage-ID: <{name}@{DOMAIN}>\n"
    return report(status(recipient=ANA), original=original, message_id=f"<{number}@mx.example.net>")


def test_a_bounce_that_is_made_up_of_what_anybody_may_know_leaves_nobody_out(
    office: Office, transport: MemoryTransport
) -> None:
    invite(office).send()
    (sent,) = transport.sent
    assert sent.key == KEY, "who knows the names and the address can make the key"
    other = Names(b"a key of the forger's own")
    asked = "From: a@b.example\r\nSubject: unsubscribe {}\r\n\r\n\r\n"
    for number, name in enumerate((KEY, other.name(KEY), f"{KEY}.{'0' * 20}")):
        for mail in (bounce(name, number), asked.format(name).encode()):
            heard = told(office, mail)
            assert (heard.suppressed, heard.kinds) == (0, {})
    with_envelope = report(f"Original-Envelope-Id: {KEY}\n{status(recipient=ANA)}", original="")
    assert told(office, with_envelope).suppressed == 0
    assert not office.suppressions.held(ANA)
    name = str(message_from_bytes(sent.content)["Message-ID"])[1:-1].partition("@")[0]
    assert told(office, bounce(name, 9)).suppressed == 1


def test_every_place_in_which_a_message_is_named_names_it_alike(
    office: Office, transport: MemoryTransport
) -> None:
    invite(office).send()
    (sent,) = transport.sent
    header = message_from_bytes(sent.content)
    assert header["Message-ID"] == f"<{sent.name}@{DOMAIN}>"
    assert f"subject=unsubscribe%20{sent.name}>" in header["List-Unsubscribe"]
    assert sent.parts.headers["Message-ID"] == header["Message-ID"]
    assert office.names.read(sent.name) == Named(KEY, proven=True)


def test_a_message_that_is_sent_again_has_the_same_octets(office: Office, transport: MemoryTransport) -> None:
    transport.answer = lambda message: Delivery(message.key, Status.UNKNOWN)
    first: list[bytes] = []
    refuse = transport.refuse
    transport.refuse = lambda message: first.append(message.content)
    invite(office).send()
    transport.answer, transport.refuse = lambda _: None, refuse
    assert invite(office).resolve(Resolution.RESEND) == 1
    invite(office).run()
    assert [each.content for each in transport.sent] == first


def before_the_update(path: Path, state: str) -> None:
    """Make a ledger as the version before names had proofs left it: one message was begun, another only planned."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection, STEPS[:9])
        row = (
            mailing_id("night-buses", "invite"),
            0,
            0,
            KEY,
            "",
            ANA,
            ANA,
            '{"letter": "invitation", "name": "Ana"}',
        )
        values = (*row, state, "", 0, iso(NOW), iso(NOW))
        connection.exec_driver_sql(
            "INSERT INTO deliveries (mailing, chunk, seq, id, occasion, person, address, data, state, due, attempts, "
            "begun_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        connection.exec_driver_sql(
            "INSERT INTO mailings VALUES (?, 'night-buses', 'invite', 1, ?, '{}')", (row[0], iso(NOW))
        )
    engine.dispose()


@pytest.fixture
def old_office(project: Project, transport: MemoryTransport) -> Iterator[Office]:
    (project.folder / ".briefingkit").mkdir()
    before_the_update(project.folder / ".briefingkit" / "ledger.sqlite3", "uncertain")
    with evolve(project.office(), transport=lambda: transport) as office:
        yield office


def test_what_was_begun_before_names_had_proofs_keeps_its_octets_and_its_bounces(
    old_office: Office, project: Project, transport: MemoryTransport
) -> None:
    (project.folder / "contacts.csv").write_text(f"email,name\n{ANA},Ana\nben@x.example,Ben\n", "utf-8")
    assert invite(old_office).resolve(Resolution.RESEND) == 1
    invite(old_office).send()
    bare, named = sorted(transport.sent, key=lambda each: each.recipient)
    assert f"Message-ID: <{KEY}@{DOMAIN}>".encode() in bare.content
    assert old_office.names.read(named.name) == Named(named.key, proven=True)
    heard = told(old_office, bounce(named.key).replace(ANA.encode(), b"ben@x.example"))
    assert (heard.strange, heard.suppressed) == (1, 0)
    assert told(old_office, bounce(KEY, 2)).suppressed == 1


def test_a_new_ledger_knows_no_names_without_a_proof() -> None:
    with open_ledger("sqlite://") as ledger:
        plan_deliveries(Deliveries(ledger), "b", "invite", [Addressed(ANA, ANA)], now=NOW)
        names = Names.of(ledger, b"key")
    assert names.bare_until == ""
    assert not names.is_bare(iso(NOW))


@given(KEYS, KEYS, st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64))
def test_a_name_is_read_by_the_ledger_that_gave_it_and_by_no_other(
    key: str, other: str, ours: bytes, theirs: bytes
) -> None:
    names = Names(ours)
    name = names.name(key)
    assert names.read(name) == Named(key, proven=True)
    assert names.read(key) == Named(key, proven=False)
    proof = name.partition(".")[2]
    if other != key:
        assert names.read(f"{other}.{proof}") is None
    if ours.ljust(64, b"\0") != theirs.ljust(64, b"\0"):  # HMAC fills a short key with zeros (RFC 2104)
        assert Names(theirs).read(name) is None
    assert len(name) <= 64, "what stands before the @ may be so long (RFC 5321 section 4.5.3.1.1)"
