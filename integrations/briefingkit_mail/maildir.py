"""A Maildir on this machine: any mail program reads it, and nothing leaves the house."""

from collections.abc import Sequence
from pathlib import Path

from attrs import Factory, define, field, frozen

from briefingkit.errors import IntegrationError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Staged, Status
from briefingkit_mail.deposit import Deposit, file_name, prepare

__all__ = ["Maildir"]

_BATCH = 50
_FLAGS = ":2,"
"""What stands between a message's name and its flags in `cur` (cr.yp.to/proto/maildir.html)."""


@define
class _Read:
    """What `cur` holds, as of when it was last changed: readers move there what they have seen."""

    changed: int = -1
    names: frozenset[str] = frozenset()


@frozen
class Maildir:
    """Deliver into a Maildir, which is made if it is not there; `path` is relative to `base`, the project's folder.

    A message's name is its key: given twice it is there once, wherever a reader has moved it in the meantime. Lines
    end as on this kind of machine, with LF.
    """

    path: str
    base: Path = Path()
    _read: _Read = field(init=False, eq=False, repr=False, default=Factory(_Read))

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        return Capabilities(batch=_BATCH, finds=True, repeats=True)

    def stage(self, messages: Sequence[Message]) -> Staged:
        """Write messages to `tmp`."""
        folder = self._made()
        return prepare(
            [
                (
                    Deposit(
                        message.key,
                        folder / "tmp" / file_name(message),
                        folder / "new" / file_name(message),
                        self._holds(folder, file_name(message)),
                    ),
                    message.content.replace(b"\r\n", b"\n"),
                )
                for message in messages
            ]
        )

    def find(self, message: Message) -> Delivery | None:
        """Look for a message in `new` and `cur`."""
        if not self._holds(self.base / self.path, file_name(message)):
            return None
        return Delivery(message.key, Status.SENT, words="in the Maildir")

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def _made(self) -> Path:
        folder = self.base / self.path
        try:
            for name in ("tmp", "new", "cur"):
                (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise IntegrationError(
                f"{folder} cannot be made a Maildir: {error.strerror}. Name a folder that we may write to"
            ) from error
        return folder

    def _holds(self, folder: Path, name: str) -> bool:
        if (folder / "new" / name).exists():
            return True
        try:
            changed = (folder / "cur").stat().st_mtime_ns
            if changed != self._read.changed:
                names = (each.name.partition(_FLAGS)[0] for each in (folder / "cur").iterdir())
                self._read.names, self._read.changed = frozenset(names), changed
        except FileNotFoundError:
            return False
        return name in self._read.names
