"""What was announced: a file a briefing in a folder of the project, which says at which address people register.

The page itself needs none of it: it is made from the briefings whenever it is asked for. But an address that was given
out has to be answered for, also when its briefing is gone; and what was given out is nowhere else.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import field, frozen

from briefingkit.errors import IntegrationError

__all__ = ["FOLDER", "Announced", "Announcement"]

FOLDER = ".briefingkit/web"
"""Where the files stand, below the project's folder: a folder a target."""

_MARK = "briefingkit-web"
_FORMAT = 1
_SUFFIX = ".json"
_LARGEST = 1 << 20
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@frozen
class Announcement:
    """One file: the briefing, what is said of it, the digest of it all. `fields` is None where it is none of ours."""

    briefing: str
    fields: Mapping[str, Any] | None = field(repr=False)
    digest: str


@frozen
class Announced:
    """The announcements of one target, in its folder."""

    folder: Path
    target: str

    def all(self) -> Iterator[Announcement]:
        """Give all that is there and ours, by name. IntegrationError where the folder cannot be read."""
        try:
            names = (
                sorted(path.stem for path in self.folder.glob(f"*{_SUFFIX}")) if self.folder.exists() else []
            )
        except OSError as error:
            raise self._unreadable(error) from error
        for name in names:
            found = self.look(name)
            if found is not None and found.fields is not None:
                yield found

    def look(self, briefing: str) -> Announcement | None:
        """Give what stands under a briefing's name, be it ours or not; None for nothing, and for what is no name."""
        if not _NAME.fullmatch(briefing):
            return None
        try:
            with self._path(briefing).open("rb") as file:
                content = file.read(_LARGEST)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error) from error
        return Announcement(briefing, self._fields(briefing, content), hashlib.sha256(content).hexdigest())

    def write(self, briefing: str, fields: Mapping[str, Any]) -> Announcement:
        """Write an announcement, whole or not at all. OSError where that cannot be done."""
        said = {_MARK: _FORMAT, "target": self.target, "briefing": briefing, **fields}
        content = f"{json.dumps(said, ensure_ascii=False, indent=1)}\n".encode()
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(briefing)
        partial = path.with_name(f".{path.name}.partial")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        return Announcement(briefing, fields, hashlib.sha256(content).hexdigest())

    def remove(self, briefing: str) -> None:
        """Take an announcement back; nothing there is as good."""
        with suppress(FileNotFoundError):
            self._path(briefing).unlink()

    def _path(self, briefing: str) -> Path:
        return self.folder / f"{briefing}{_SUFFIX}"

    def _fields(self, briefing: str, content: bytes) -> Mapping[str, Any] | None:
        try:
            read = json.loads(content)
        except ValueError:  # no JSON, or not in UTF-8
            return None
        ours = isinstance(read, dict) and (read.get(_MARK), read.get("target")) == (_FORMAT, self.target)
        if not ours or read.get("briefing") != briefing:
            return None
        return {name: value for name, value in read.items() if name not in {_MARK, "target", "briefing"}}

    def _unreadable(self, error: OSError) -> IntegrationError:
        return IntegrationError(
            f"the announcements in {self.folder} cannot be read: {error.strerror or error}"
        )
