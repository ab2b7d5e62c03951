"""Real Postfix on a port of its own, which delivers into a Maildir, and Dovecot's IMAP over what came."""

import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from ...servers import Authority

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
        self.wait()

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

    def wait(self) -> None:
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        pytest.fail(f"Postfix does not listen: {self.log}")

    def drained(self) -> None:
        """Wait until all that was taken is delivered."""
        for _ in range(1200):
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
        """Take all mails away, those too that are still on their way from a test before."""
        self.drained()
        shutil.rmtree(self.folder / "mail" / "inbox", ignore_errors=True)

    def fetch(self) -> list[bytes]:
        """Read all mails by IMAP, as Dovecot gives them to a program."""
        with self.inbox() as imap:
            return [asked(imap, number, "BODY.PEEK[]") for number in numbers(imap)]

    @contextmanager
    def inbox(self) -> Iterator[imaplib.IMAP4]:
        """Open the inbox by IMAP when all is delivered, as Dovecot gives it to a program."""
        self.drained()
        command = f"setpriv --reuid=mail --regid=mail --clear-groups env USER=mail HOME={self.folder} "
        with imaplib.IMAP4_stream(f"{command}{IMAP} -c {self.folder}/dovecot.conf") as imap:
            imap.select("INBOX", readonly=True)
            yield imap


def numbers(imap: imaplib.IMAP4) -> list[str]:
    """List the mails of an inbox."""
    _, (found,) = imap.search(None, "ALL")
    return str(found or b"", "ascii").split()


def asked(imap: imaplib.IMAP4, number: str, what: str) -> bytes:
    """Ask for one thing of one mail; a literal is given without what stands around it."""
    _, (first, *_) = imap.fetch(number, f"({what})")
    return first[1] if isinstance(first, tuple) else bytes(first)


@contextmanager
def started(authority: Authority) -> Iterator[Postfix]:
    """Start Postfix in a folder of its own; the test is skipped where it, or Dovecot, cannot be."""
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
