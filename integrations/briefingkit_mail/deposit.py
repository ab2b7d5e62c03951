"""Putting files where they belong so that each is there whole or not at all, also after the power went."""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import field, frozen

from briefingkit.errors import IntegrationError, Transient
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Delivery, Status

__all__ = ["Deposit", "Deposits", "file_name", "prepare"]

_NAME = re.compile(r"[A-Za-z0-9-]{1,120}")
_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EINTR})
"""What may be otherwise later: room, and open files."""


@frozen
class Deposit:
    """One file: written as `waiting`, to be called `final`."""

    key: str
    waiting: Path = field(repr=False)
    final: Path = field(repr=False)
    is_there: bool = False
    """Whether it was put there before, so that nothing is left to do."""


@frozen
class Deposits:
    """Files that are written and wait for their names: messages at the point of no return."""

    deposits: Sequence[Deposit]
    settled: Sequence[Delivery] = ()

    @property
    def keys(self) -> Sequence[str]:
        """Those that wait."""
        return [each.key for each in self.deposits]

    def commit(self) -> Iterable[Delivery]:
        """Name them; they count as sent when the folder that names them is on the disk."""
        named = list(self._named())
        try:
            for folder in {each.final.parent for each in self.deposits}:
                _sync(folder)
        except OSError as error:
            return [Delivery(each.key, Status.UNKNOWN, words=_words(error)) for each in named]
        return named

    def abandon(self) -> None:
        """Take them away."""
        for each in self.deposits:
            if not each.is_there:
                each.waiting.unlink(missing_ok=True)

    def _named(self) -> Iterator[Delivery]:
        for each in self.deposits:
            try:
                if not each.is_there:
                    each.waiting.replace(each.final)
            except OSError as error:
                yield Delivery(each.key, Status.DEFERRED, words=_words(error))
            else:
                yield Delivery(each.key, Status.SENT, words=f"in {each.final.parent.name}/{each.final.name}")


def file_name(message: Message) -> str:
    """Make a file's name of a message's key; ValueError for a key that is none of ours."""
    if _NAME.fullmatch(message.key) is None:
        raise ValueError("the key of a message is letters, digits and hyphens")
    return message.key


def prepare(deposits: Sequence[tuple[Deposit, bytes]]) -> Deposits:
    """Write files; if one cannot be written none is left.

    Raises Transient where there is no room now, IntegrationError where the place cannot be written to.
    """
    ready = Deposits([deposit for deposit, _ in deposits])
    try:
        for deposit, content in deposits:
            if not deposit.is_there:
                _write(deposit.waiting, content)
    except OSError as error:
        ready.abandon()
        kind = Transient if error.errno in _PASSING else IntegrationError
        raise kind(f"{deposits[0][0].final.parent} cannot be written to: {_words(error)}") from error
    return ready


def _write(path: Path, content: bytes) -> None:
    # What an earlier run left half written is written anew.
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
