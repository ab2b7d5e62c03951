"""Real Postfix on a port of its own, which delivers into a Maildir, and Dovecot, which reads it back over IMAP."""

import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from attrs import evolve

from briefingkit.mailing.deliveries import Addressed, failures, mailing_id, plan_deliveries
from briefingkit.mailing.feedback import Kind, Reason
from briefingkit.mailing.hearing import hear
from briefingkit.mailing.keys import message_key
from briefingkit.mailing.message import Message
from briefingkit.mailing.outbox import Outbox
from briefingkit.mailing.returned import read_returned
from briefingkit.mailing.sending import Progress
from briefingkit.mailing.transport import Status, Transport
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit.testing.transport import TransportContract, message_for
from briefingkit_mail import SMTP
from briefingkit_mail.smtp_settings import Encryption

from .conftest import Authority
from .test_dkim import ED25519, RSA, signer, verifies

pytestmark = pytest.mark.peer

IMAP = Path("/usr/lib/dovecot/imap")
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
maillog_file = {folder}/log
maillog_file_prefixes = /tmp
inet_interfaces = 127.0.0.1
myhostname = postfix.example
mydestination =
local_recipient_maps =
alias_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{full@city.example = 452 4.2.2 full}} {{elsewhere.example = 554 5.7.1 no}} }},
  permit_mynetworks
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/certificate.pem
smtpd_tls_key_file = {folder}/key.pem
smtputf8_enable = yes
transport_maps = inline:{{ {{gone.example = error:5.1.1 no such user}} }}
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = city.example, bücher.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """
mail_location = maildir:{folder}/mail/inbox
log_path = {folder}/dovecot.log
base_dir = {folder}/dovecot
first_valid_uid = 1
"""


class Postfix:
    """A mail server with all that is its own in one folder."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        owner = pwd.getpwnam("mail")
        for name in ("config", "queue", "data", "mail", "dovecot"):
            (folder / name).mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        shutil.chown(folder / "data", "postfix")
        shutil.copy(authority.file, folder / "certificate.pem")
        shutil.copy(authority.file.with_name("key.pem"), folder / "key.pem")
        values = {"folder": folder, "port": self.port, "uid": owner.pw_uid, "gid": owner.pw_gid}
        (folder / "config" / "main.cf").write_text(MAIN.format(**values), encoding="utf-8")
        (folder / "config" / "master.cf").write_text(MASTER.format(**values), encoding="utf-8")
        (folder / "dovecot.conf").write_text(DOVECOT.format(**values), encoding="utf-8")
        self.run("start")
        self._wait()

    def run(self, command: str) -> None:
        done = subprocess.run(
            [str(shutil.which("postfix")), "-c", str(self.folder / "config"), command],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or command == "stop", done.stderr + self.log

    @property
    def log(self) -> str:
        with suppress(FileNotFoundError):
            return (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        return ""

    def _wait(self) -> None:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        pytest.fail(f"Postfix does not listen: {self.log}")

    def drained(self) -> None:
        """Wait until all that was taken is delivered."""
        for _ in range(200):
            # A mail that has come to its end is marked executable; one without its dot is not.
            waiting = [
                mode for queue in ("incoming", "active") for mode in self._modes(queue) if mode & 0o100
            ]
            if not waiting:
                return
            time.sleep(0.05)
        pytest.fail(f"Postfix does not deliver: {self.log}")

    def _modes(self, queue: str) -> Iterator[int]:
        for path in (self.folder / "queue" / queue).rglob("*"):
            with suppress(FileNotFoundError):
                if path.is_file():
                    yield path.stat().st_mode

    def clear(self) -> None:
        shutil.rmtree(self.folder / "mail" / "inbox", ignore_errors=True)

    def fetch(self) -> list[bytes]:
        """Read all mails by IMAP, as Dovecot gives them to a program."""
        self.drained()
        if not (self.folder / "mail" / "inbox").exists():
            return []
        command = f"setpriv --reuid=mail --regid=mail --clear-groups env USER=mail HOME={self.folder} "
        with imaplib.IMAP4_stream(f"{command}{IMAP} -c {self.folder}/dovecot.conf") as imap:
            imap.select("INBOX", readonly=True)
            _, (found,) = imap.search(None, "ALL")
            mails = []
            for number in found.split():
                _, data = imap.fetch(number, "(BODY.PEEK[])")
                mails.append(data[0][1])
            return mails


@pytest.fixture(scope="module")
def postfix(authority: Authority) -> Iterator[Postfix]:
    missing = [name for name in ("postfix", "setpriv") if shutil.which(name) is None]
    if missing or not IMAP.exists():
        pytest.skip(f"{', '.join(missing) or 'dovecot-imapd'} is not installed")
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("Postfix is started by root alone")
    # Not in pytest's own folder, which is closed to Postfix's users.
    folder = Path(tempfile.mkdtemp(prefix="briefingkit-postfix-", dir="/tmp"))
    folder.chmod(0o755)
    server = None
    try:
        server = Postfix(folder, authority)
        yield server
    finally:
        if server is not None:
            server.run("stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def transport(postfix: Postfix, authority: Authority) -> Iterator[SMTP]:
    postfix.clear()
    transport = SMTP(
        "localhost",
        postfix.port,
        encryption=Encryption.STARTTLS,
        ca_file=str(authority.file),
        hello="client.example",
        connections=4,
        timeout=20,
    )
    yield transport
    transport.close()


class TestPostfix(TransportContract):
    @pytest.fixture
    def transport(self, postfix: Postfix, transport: SMTP) -> Transport:
        self.postfix = postfix
        return transport

    def arrived(self) -> Sequence[bytes]:
        return self.postfix.fetch()


def calendar_message(row: DeliveryRow) -> Message:
    """Write a mail with an event and an attachment, as the standard library does."""
    from email.message import EmailMessage

    mail = EmailMessage(policy.SMTP)
    mail["From"] = "Stad Gent <events@ghent.example>"
    mail["To"] = row.address
    mail["Subject"] = "Élections, łódź, Ελλάδα, مدينة, 北京"
    mail["Message-ID"] = f"<{row.id}@ghent.example>"
    mail["Date"] = datetime.fromisoformat(row.begun_at or "")
    mail.set_content("Grüße, مرحبا\n.\n", cte="quoted-printable")
    mail.add_alternative("<p>Grüße, مرحبا</p>", subtype="html", cte="base64")
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:\xe5\x8c\x97\xe4\xba\xac\r\nEND:VCALENDAR\r\n"
    mail.add_alternative(ics, "text", "calendar", params={"method": "REQUEST", "charset": "utf-8"})
    mail.add_attachment(ics, "application", "ics", filename="invite.ics")
    return Message(row.id, "events@ghent.example", row.address, mail.as_bytes())


def test_a_mailing_arrives_part_by_part(postfix: Postfix, transport: SMTP) -> None:
    with open_ledger("sqlite://") as ledger:
        store = Deliveries(ledger)
        people = [Addressed(f"p{number}@city.example", f"p{number}@city.example") for number in range(30)]
        people.append(Addressed("full@city.example", "full@city.example"))
        people.append(Addressed("x@elsewhere.example", "x@elsewhere.example"))
        plan_deliveries(store, "b", "m", people, now=datetime.now(UTC))
        report = Outbox(store, transport, lambda: datetime.now(UTC)).run("b", "m", calendar_message)
        assert report.progress == Progress(sent=30, failed=1, deferred=1)
        (row,) = failures(store, "b", "m")
        assert row.code == 554
        assert "x@" not in (row.words or "")
        (later,) = store.rows(mailing_id("b", "m"), ("planned",))
        assert (later.id, later.code, later.attempts) == (
            message_key("b", "m", "full@city.example"),
            452,
            1,
        )
        sent = {row.id: row for row in store.rows(mailing_id("b", "m"), ("sent",))}
    mails = [message_from_bytes(mail, policy=policy.SMTP) for mail in postfix.fetch()]
    assert {mail["Message-ID"] for mail in mails} == {f"<{key}@ghent.example>" for key in sent}
    assert all(row.remote_id and row.remote_id in postfix.log for row in sent.values())
    for mail in mails:
        whole = calendar_message(sent[mail["Message-ID"][1:41]]).content
        own = message_from_bytes(whole, policy=policy.SMTP)
        assert mail["Subject"] == own["Subject"]
        parts = [(part.get_content_type(), part.get_payload(decode=True)) for part in mail.walk()]
        assert parts == [(part.get_content_type(), part.get_payload(decode=True)) for part in own.walk()]


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_signatures_hold_after_the_journey(postfix: Postfix, authority: Authority, key: object) -> None:
    postfix.clear()
    transport = SMTP(
        "localhost", postfix.port, ca_file=str(authority.file), hello="client.example", dkim=signer(key)
    )
    with closing(transport):
        staged = transport.stage([message_for(1, "Dear all,\r\n.\r\n..hidden \t here\r\n\r\n")])
        assert [each.status for each in staged.commit()] == [Status.SENT]
    (mail,) = postfix.fetch()
    assert verifies(mail, key)


def test_addresses_of_every_alphabet_arrive(postfix: Postfix, transport: SMTP) -> None:
    message = message_for(1, "Grüße", to="jörg@bücher.example")
    assert [each.status for each in transport.stage([message]).commit()] == [Status.SENT]
    (mail,) = postfix.fetch()
    assert "To: jörg@bücher.example".encode() in mail


def test_a_server_that_is_stopped_and_started_again_has_lost_nothing(
    postfix: Postfix, transport: SMTP
) -> None:
    def message_of(row: DeliveryRow) -> Message:
        nonlocal written
        written += 1
        if written == 20:
            postfix.run("stop")
        elif written == 21:
            postfix.run("start")
            postfix._wait()
        return message_for(int(row.address[1:].partition("@")[0]), to=row.address)

    written = 0
    with open_ledger("sqlite://") as ledger:
        store = Deliveries(ledger)
        keys = {f"p{number}@city.example": message_for(number).key for number in range(40)}
        people = (Addressed(address, address) for address in keys)
        plan_deliveries(store, "b", "m", people, now=datetime.now(UTC))

        def keyed(row: DeliveryRow) -> Message:
            return evolve(message_of(row), key=row.id)

        report = Outbox(store, transport, lambda: datetime.now(UTC)).run("b", "m", keyed)
        assert report.progress.uncertain == 0
        assert store.counts(mailing_id("b", "m"))["sent"] == 40 - report.progress.deferred
    arrived = [mail.partition(b"Message-ID: <")[2][:40].decode() for mail in postfix.fetch()]
    assert len(arrived) == len(set(arrived)) == report.progress.sent


@pytest.mark.parametrize("dsn", [False, True])
def test_a_mail_that_it_took_and_could_not_deliver_comes_back_and_is_read(
    postfix: Postfix, transport: SMTP, *, dsn: bool
) -> None:
    def from_the_bounces(row: DeliveryRow) -> Message:
        return evolve(calendar_message(row), sender="bounces@city.example")

    now, address = datetime.now(UTC), "ada@gone.example"
    with open_ledger("sqlite://") as ledger:
        store = Deliveries(ledger)
        plan_deliveries(store, "b", "m", [Addressed(address, address)], now=now)
        with closing(evolve(transport, dsn=dsn)) as asking:
            report = Outbox(store, asking, lambda: datetime.now(UTC)).run("b", "m", from_the_bounces)
        assert report.progress == Progress(sent=1)
        (mail,) = postfix.fetch()
        now = datetime.now(UTC)
        assert (b"Original-Envelope-Id: " in mail) is dsn
        (event,) = read_returned(mail, domain="ghent.example", now=now)
        assert (event.kind, event.reason, event.permanent) == (Kind.BOUNCED, Reason.BOUNCED, True)
        assert (event.key, event.recipient) == (message_key("b", "m", address), address)
        assert event.words == "no such user"
        heard = hear([event], ledger, now=now, source="returned mail", ours_only=True)
        assert (heard.kinds, heard.suppressed, heard.strange) == ({"bounced": 1}, 1, 0)
