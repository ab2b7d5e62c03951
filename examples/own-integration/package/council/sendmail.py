"""A transport of one's own: the `sendmail` command of the machine, as Postfix, Exim and others bring it.

Nothing is at stake until the command is started, so staging holds the messages and `commit` starts it for each. Its
exit code says what became of the message (sysexits.h).
"""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import evolve, frozen

from briefingkit.errors import IntegrationError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Status

__all__ = ["Sendmail"]

_COME_AGAIN = 75  # EX_TEMPFAIL


@frozen
class Sendmail:
    """Hand each mail to a command, which is told the envelope and reads the mail (RFC 5322) from its input."""

    command: tuple[str, ...] = ("/usr/sbin/sendmail", "-i")
    timeout: int = 60
    """Seconds that it may take over one mail."""
    base: Path = Path()  # the project puts its own folder here

    @property
    def capabilities(self) -> Capabilities:
        """Say that it holds twenty messages at once, and cannot be asked afterwards."""
        return Capabilities(batch=20)

    def stage(self, messages: Sequence[Message]) -> "Pile":
        """Hold messages; those that the command could misread are refused."""
        good = [each for each in messages if _is_fit(each.recipient) and _is_fit(each.sender)]
        refused = Delivery("", Status.FAILED, words="this address cannot be given to a command")
        settled = [evolve(refused, key=each.key) for each in messages if each not in good]
        return Pile(self, good, settled)

    def find(self, message: Message) -> Delivery | None:
        """Find nothing: the command keeps no list."""
        del message
        return None

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def run(self, message: Message) -> Delivery:
        """Start the command for one message."""
        arguments = [*self.command, "-f", message.sender, "--", message.recipient]
        mail = message.content.replace(b"\r\n", b"\n")  # as the command reads lines
        try:
            done = subprocess.run(  # noqa: S603 - the project's file says what to run
                arguments, input=mail, cwd=self.base, capture_output=True, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return Delivery(message.key, Status.UNKNOWN, words=f"no end after {self.timeout} seconds")
        except OSError as error:
            raise IntegrationError(f"{self.command[0]} cannot be started: {error.strerror}") from error
        status = {0: Status.SENT, _COME_AGAIN: Status.DEFERRED}.get(done.returncode, Status.FAILED)
        return Delivery(message.key, status, words=f"the command left with {done.returncode}")


@frozen
class Pile:
    """Messages that wait for the command."""

    sendmail: Sendmail
    messages: list[Message]
    settled: Sequence[Delivery]

    @property
    def keys(self) -> Sequence[str]:
        """Those that wait."""
        return [message.key for message in self.messages]

    def commit(self) -> Iterator[Delivery]:
        """Hand them over, one by one."""
        yield from map(self.sendmail.run, self.messages)

    def abandon(self) -> None:
        """Let go of them."""
        self.messages.clear()


def _is_fit(address: str) -> bool:
    """Tell whether an address can be taken neither for an option nor for two."""
    return address.isprintable() and not address.startswith("-") and not set(address) & set(" <>,")
