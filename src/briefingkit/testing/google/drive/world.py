"""What Drive holds: files, folders and shared drives, and who may do what with them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from attrs import define, field, frozen

from briefingkit.testing.google.pages import Pages

__all__ = ["FOLDER", "DriveWorld", "HeldDrive", "HeldFile", "Kind", "Notice"]

FOLDER = "application/vnd.google-apps.folder"


@define(eq=False)
class HeldFile:
    """A file or folder. In a shared drive it has that and no owner; `by_app` says that the app made it.

    `permissions` are by key: the id, and the view that it is for, for a responder of a form may also be its editor.
    """

    id: str
    name: str
    mime_type: str
    parent: str
    made: datetime
    modified: datetime
    owner: str | None = None
    drive: str | None = None
    description: str = ""
    app_properties: dict[str, str] = field(factory=dict)
    properties: dict[str, str] = field(factory=dict)
    permissions: dict[tuple[str, str], dict[str, Any]] = field(factory=dict)
    trashed: bool = False
    starred: bool = False
    by_app: bool = False
    version: int = 1


@define(eq=False)
class HeldDrive:
    """A shared drive: its members and their roles, by e-mail address."""

    id: str
    name: str
    made: datetime
    members: dict[str, str] = field(factory=dict)


@frozen
class Kind:
    """What another API does when Drive makes, copies or deletes a file that is its own."""

    make: Callable[[HeldFile], None]
    copy: Callable[[HeldFile, HeldFile], None]
    remove: Callable[[str], None]


@frozen
class Notice:
    """A mail that Google would have sent because a file was shared."""

    file: str
    role: str
    to: str
    message: str = ""


@define(eq=False)
class DriveWorld:
    """All files. `search_lag` is how long a new file is not found by a search, although it can be got by its id."""

    now: Callable[[], datetime]
    groups: Callable[[], dict[str, set[str]]]
    files: dict[str, HeldFile] = field(factory=dict)
    drives: dict[str, HeldDrive] = field(factory=dict)
    kinds: dict[str, Kind] = field(factory=dict)
    notices: list[Notice] = field(factory=list)
    pages: Pages = field(factory=Pages)
    search_lag: timedelta = timedelta(0)
    _names: int = 0

    def name(self, kind: str, length: int = 33) -> str:
        """Make an id that no other has, of the shape that Google's have."""
        self._names += 1
        return "1" + sha256(f"{kind} {self._names}".encode()).hexdigest()[: length - 1]

    def root(self, email: str) -> str:
        """Give the id of somebody's My Drive."""
        return "0A" + sha256(f"root {email}".encode()).hexdigest()[:15] + "PVA"

    def add(self, file: HeldFile) -> HeldFile:
        """Keep a new file; an API whose file it is hears of it."""
        self.files[file.id] = file
        if file.mime_type in self.kinds:
            self.kinds[file.mime_type].make(file)
        return file

    def remove(self, name: str) -> None:
        """Take a file away for good, and all that is in it."""
        file = self.files.pop(name)
        for each in [each.id for each in self.files.values() if each.parent == name]:
            self.remove(each)
        if file.mime_type in self.kinds:
            self.kinds[file.mime_type].remove(name)

    def touch(self, file: HeldFile) -> None:
        """Note that a file was changed."""
        file.modified = self.now()
        file.version += 1
