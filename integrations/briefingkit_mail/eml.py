"""A folder of .eml files, to look at with any mail program or to hand to whoever sends them."""

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from briefingkit.errors import IntegrationError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Staged, Status
from briefingkit_mail.deposit import Deposit, file_name, prepare

__all__ = ["EmlFolder"]

_BATCH = 50


@frozen
class EmlFolder:
    """Write each message as a file, named after its key; `path` is relative to `base`, the project's folder."""

    path: str
    base: Path = Path()

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        return Capabilities(batch=_BATCH, finds=True, repeats=True)

    def stage(self, messages: Sequence[Message]) -> Staged:
        """Write messages under hidden names."""
        folder = self.base / self.path
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise IntegrationError(
                f"{folder} cannot be made: {error.strerror}. Name a folder that we may write to"
            ) from error
        return prepare([(self._deposit(folder, message), message.content) for message in messages])

    def find(self, message: Message) -> Delivery | None:
        """Look for a message's file."""
        if not (self.base / self.path / f"{file_name(message)}.eml").exists():
            return None
        return Delivery(message.key, Status.SENT, words="in the folder")

    def close(self) -> None:
        """Do nothing: nothing is open."""

    @staticmethod
    def _deposit(folder: Path, message: Message) -> Deposit:
        name, final = file_name(message), folder / f"{file_name(message)}.eml"
        return Deposit(name, folder / f".{name}.part", final, final.exists())
