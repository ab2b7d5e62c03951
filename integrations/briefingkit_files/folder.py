"""The only place that touches the disk: reading, and writing whole files or none, always below one folder.

A file is named by a folder ("" or one name) and a name, neither of which can lead anywhere else. Links are not
followed: what is written replaces a link at most, and a link in the place of a folder is refused.
"""

import os
import re
import stat
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Folder", "Found", "digest_of"]

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_WAITING: Final = re.compile(r"_[A-Za-z0-9_.-]+\.briefingkit-(new|final)")
_CHUNK: Final = 1 << 20
_READING: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file must not make us wait
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_STAGING: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of what a file holds, hexadecimal."""
    return sha256(content).hexdigest()


@frozen
class Found:
    """What stands under a name: nothing, a file with this digest, or something that is no file, with its problem."""

    digest: str | None = None
    problem: str | None = None
    content: bytes | None = None

    @property
    def there(self) -> bool:
        """Whether anything stands there."""
        return self.digest is not None or self.problem is not None


@frozen
class Folder:
    """A target's folder on disk."""

    root: Path

    # Reading

    def folders(self) -> tuple[str, ...]:
        """Name the folders in it, in order; links are none. OSError where it cannot be read."""
        return self._names("", lambda entry: entry.is_dir(follow_symlinks=False))

    def files(self, folder: str) -> tuple[str, ...]:
        """Name the files in one of them, in order. OSError where it cannot be read."""
        return self._names(folder, lambda entry: entry.is_file(follow_symlinks=False))

    def _names(self, folder: str, wanted: "Callable[[os.DirEntry[str]], bool]") -> tuple[str, ...]:
        try:
            with os.scandir(self._inside(folder)) as entries:
                return tuple(sorted(entry.name for entry in entries if wanted(entry)))
        except FileNotFoundError:
            return ()

    def problem_with(self, folder: str) -> str | None:
        """Say what keeps files out of a folder; None where it is one, or can be made."""
        path = self._inside(folder)
        try:
            mode = (path.lstat() if folder else path.stat()).st_mode
        except FileNotFoundError:
            return None
        except OSError as error:
            return _words(error)
        return None if stat.S_ISDIR(mode) else _not_a_file(mode)

    def look(self, folder: str, name: str, *, keep: int = 0) -> Found:
        """Open a file once and take its digest; its content too, where that is at most `keep` bytes long."""
        path = self._inside(folder) / _checked(name)
        try:
            if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
                return Found(problem="is a link")
            handle = os.open(path, _READING)
        except FileNotFoundError:
            return Found()
        except OSError as error:
            return Found(problem="is a link" if path.is_symlink() else _words(error))
        try:
            return _read(handle, keep)
        except OSError as error:
            return Found(problem=_words(error))
        finally:
            os.close(handle)

    # Writing

    @contextmanager
    def staging(self, folder: str) -> "Iterator[Staging]":
        """Prepare files beside their places; whatever was not put in place by the end is thrown away."""
        staged = Staging(self, folder)
        try:
            yield staged
        finally:
            staged.abandon()

    def make(self, folder: str) -> None:
        """Make the folder, and the target's own, where they are not there."""
        self.root.mkdir(parents=True, exist_ok=True)
        if folder:
            with suppress(FileExistsError):
                self._inside(folder).mkdir()
        problem = self.problem_with(folder)
        if problem is not None:
            raise NotADirectoryError(f"{folder or self.root} {problem}")

    def write(self, folder: str, name: str, content: bytes) -> None:
        """Write a new file and wait until it is on the disk."""
        path = self._inside(folder) / _checked(name)
        with suppress(FileNotFoundError):
            path.unlink()  # left by a run that died
        handle = os.open(path, _STAGING, 0o666)  # the umask decides
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def replace(self, folder: str, name: str, to: str) -> None:
        """Put a file in the place of another, in one step."""
        base = self._inside(folder)
        (base / _checked(name)).replace(base / _checked(to))

    def remove(self, folder: str, name: str) -> None:
        """Remove a file, or a link itself; nothing there is as good."""
        with suppress(FileNotFoundError):
            (self._inside(folder) / _checked(name)).unlink()

    def sweep(self, folder: str) -> None:
        """Remove what a run that died had prepared and not put in its place. Only one run is ever at work."""
        for name in self.files(folder):
            if _WAITING.fullmatch(name):
                self.remove(folder, name)

    def prune(self, folder: str) -> None:
        """Remove a folder if nothing is left in it."""
        if folder:
            with suppress(OSError):
                self._inside(folder).rmdir()

    def settle(self, folder: str) -> None:
        """Wait until the names in a folder are on the disk, where the system can tell."""
        if os.name != "posix":
            return
        handle = os.open(self._inside(folder), os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _inside(self, folder: str) -> Path:
        return self.root / _checked(folder) if folder else self.root


class Staging:
    """Files that are written in full and stand beside their places: a full disk is met before anything changes."""

    def __init__(self, folder: Folder, name: str) -> None:
        self._folder = folder
        self._name = name
        self._staged: set[str] = set()

    def write(self, name: str, content: bytes, *, variant: str = "new") -> str:
        """Write what is to stand at a name later; return the name under which it waits."""
        waiting = f"_{name}.briefingkit-{variant}"
        self._staged.add(waiting)
        self._folder.write(self._name, waiting, content)
        return waiting

    def commit(self, waiting: str, name: str) -> None:
        """Put it in its place."""
        self._folder.replace(self._name, waiting, name)
        self._staged.discard(waiting)

    def abandon(self) -> None:
        """Throw away what was not put in its place, as far as that is possible."""
        for waiting in sorted(self._staged):
            with suppress(OSError):
                self._folder.remove(self._name, waiting)
        self._staged.clear()


def _read(handle: int, keep: int) -> Found:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        return Found(problem=_not_a_file(status.st_mode))
    if status.st_size <= keep:
        content = b"".join(iter(lambda: os.read(handle, _CHUNK), b""))
        return Found(digest_of(content), content=content)
    taken = sha256()
    while chunk := os.read(handle, _CHUNK):
        taken.update(chunk)
    return Found(taken.hexdigest())


def _checked(name: str) -> str:
    """Refuse a name that could be a path; the layout makes none, and nothing else may."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a file in this folder")
    return name


def _not_a_file(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "is a link"
    if stat.S_ISDIR(mode):
        return "is a folder"
    return "is a file" if stat.S_ISREG(mode) else "is no file"


def _words(error: OSError) -> str:
    return f"cannot be opened: {error.strerror or error}"
