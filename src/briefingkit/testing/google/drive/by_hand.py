"""What people do in Drive: make folders and shared drives, share, copy, move to the trash, delete."""

from typing import Any

from briefingkit.testing.google.core import Core
from briefingkit.testing.google.drive.files import copied, owned
from briefingkit.testing.google.drive.permissions import grant_file
from briefingkit.testing.google.drive.world import FOLDER, DriveWorld, HeldDrive, HeldFile, Notice

__all__ = ["DriveByHand"]


class DriveByHand:
    """The part of the double that stands for people in Drive. Files, folders and shared drives are named by id."""

    person: str
    _core: Core
    _drive: DriveWorld

    @property
    def notices(self) -> list[Notice]:
        """The mails that Drive would have sent."""
        return self._drive.notices

    @property
    def files(self) -> dict[str, HeldFile]:
        """All files and folders by id, as the double holds them: look, and change nothing."""
        return self._drive.files

    def make_drive(self, name: str, members: dict[str, str] | None = None) -> str:
        """Make a shared drive; `members` are roles by e-mail address, the person's own is `organizer`. Gives its id."""
        with self._core.lock:
            drive = HeldDrive(self._drive.name("drive", 19), name, self._drive.now())
            drive.members = {self.person: "organizer", **(members or {})}
            self._drive.drives[drive.id] = drive
            return drive.id

    def make_folder(self, name: str, parent: str | None = None, *, owner: str | None = None) -> str:
        """Make a folder in another one, in a shared drive, or in somebody's My Drive; gives its id."""
        return self._made(name, FOLDER, parent, owner)

    def _made(self, name: str, mime: str, parent: str | None, owner: str | None) -> str:
        whose = owner or self.person
        with self._core.lock:
            where, drive = self._place(parent, whose)
            at = self._drive.now()
            file = HeldFile(self._drive.name("file"), name, mime, where, at, at, drive=drive)
            return self._drive.add(owned(file, whose)).id

    def _place(self, parent: str | None, whose: str) -> tuple[str, str | None]:
        if parent is None:
            return self._drive.root(whose), None
        if parent in self._drive.drives:
            return parent, parent
        return parent, self._drive.files[parent].drive

    def share_file(self, name: str, role: str, scope: str = "anyone", *, view: str = "") -> None:
        """Share a file; the role `none` takes it back.

        `scope` is `anyone`, or `user:`, `group:` or `domain:` and whom. The view `published` is for
        responders of a form.
        """
        kind, _, value = scope.partition(":")
        whom = {"domain": value} if kind == "domain" else {"emailAddress": value}
        body: dict[str, Any] = {"type": kind, "role": role, "view": view, **(whom if value else {})}
        with self._core.lock:
            file = self._drive.files[name]
            written = grant_file(file, body)
            if role == "none":
                del file.permissions[written["id"], view]

    def copy_file(self, name: str, *, owner: str | None = None) -> str:
        """Copy a file beside itself, as "Make a copy" does; gives the id of the copy."""
        with self._core.lock:
            source = self._drive.files[name]
            made = owned(
                copied(self._drive, source, source.parent, source.drive, self._drive.now()),
                owner or self.person,
            )
            self._drive.files[made.id] = made
            if made.mime_type in self._drive.kinds:
                self._drive.kinds[made.mime_type].copy(source, made)
            return made.id

    def rename_file(self, name: str, title: str) -> None:
        """Call a file something else."""
        with self._core.lock:
            self._drive.files[name].name = title
            self._drive.touch(self._drive.files[name])

    def trash_file(self, name: str) -> None:
        """Move a file to the trash."""
        with self._core.lock:
            self._drive.files[name].trashed = True

    def remove_file(self, name: str) -> None:
        """Delete a file for good, and all that is in it."""
        with self._core.lock:
            self._drive.remove(name)
