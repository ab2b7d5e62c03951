"""Who is at work on a ledger, told by locks that the operating system gives back when a process dies."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from briefingkit.errors import Locked
from briefingkit.store.lock import file_lock

__all__ = ["Presence"]

_NEVER_READ = datetime(1970, 1, 1, tzinfo=UTC)


class Presence:
    """Those at work on the ledger in a file, or in memory where `path` is None and `here` says that nobody else is."""

    def __init__(self, path: Path | None, here: bool) -> None:  # noqa: FBT001 - two places of one ledger
        self._path = path
        self._here = here
        self._shown = set[str]()

    @contextmanager
    def shown(self, name: str, *, at: datetime) -> Iterator[None]:
        """Show for the block that somebody of this name, which no other ever has, is at work."""
        self._shown.add(name)
        try:
            if self._path is None:
                yield
                return
            file = self._file(self._path, name)
            with file_lock(file, at=at):
                yield
            # Not removed within the lock: Windows keeps what is open.
            file.unlink(missing_ok=True)
        finally:
            self._shown.discard(name)

    def is_gone(self, name: str) -> bool:
        """Tell whether somebody is certainly at work no more; what a dead one left is cleared away."""
        if name in self._shown:
            return False
        if self._path is None:
            return self._here
        file = self._file(self._path, name)
        if not file.exists():
            return True
        try:
            with file_lock(file, at=_NEVER_READ):
                pass
        except Locked:
            return False
        with suppress(OSError):
            file.unlink(missing_ok=True)
        return True

    @staticmethod
    def _file(path: Path, name: str) -> Path:
        return path.with_name(f"{path.name}.{name}.sender")
