"""A person's token on disk: for its owner's eyes alone, whole or not at all, and never through a link.

Whoever holds the file can act as that person until consent is withdrawn, so it is read only where nobody else may read
it, as OpenSSH does with keys.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from briefingkit.errors import IntegrationError

__all__ = ["check_place", "read", "write"]

_OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NO_LINKS  # a pipe must not make us wait
_LARGEST = 1 << 20


def read(path: Path) -> str:
    """Read a token file. IntegrationError where there is none, or where others could have read or changed it."""
    _refuse_link(path)
    try:
        opened = os.open(path, _READING)
    except FileNotFoundError:
        raise IntegrationError(
            f"there is no token at {path}: sign in, `briefingkit auth google --client client_secret.json`"
        ) from None
    except OSError as error:
        raise IntegrationError(f"the token at {path} cannot be read: {error.strerror or error}") from None
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise IntegrationError(f"{path} is no file")
        if os.name == "posix" and stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise IntegrationError(f"others may read {path}, which lets them act as you: chmod 600 {path}")
        return file.read(_LARGEST).decode("utf-8", "replace")


def check_place(path: Path) -> None:
    """Find out before anybody is asked for consent that a token cannot be written there: IntegrationError."""
    _refuse_link(path)
    if path.exists() and not path.is_file():
        raise IntegrationError(f"{path} is no file: name another, --token")
    if not path.absolute().parent.is_dir():
        raise IntegrationError(
            f"there is no folder {path.parent} for the token: make it, or name another file"
        )


def write(path: Path, text: str) -> None:
    """Put a token file there, in place of what stood there, readable by its owner alone.

    OSError where the disk does not let it, IntegrationError for a link. Another run that reads meanwhile sees the old
    file or the new one, never a part.
    """
    _refuse_link(path)
    waiting = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.new")
    with suppress(FileNotFoundError):
        waiting.unlink()  # of a process that died, and had our number
    opened = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, _OWNER_ONLY)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    except BaseException:
        with suppress(OSError):
            waiting.unlink()
        raise


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise IntegrationError(f"{path} is a link, and a token is not read through one: name the file itself")
