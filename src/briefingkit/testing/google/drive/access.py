"""Who may see and change a file.

Sources: "Roles and permissions" (developers.google.com/workspace/drive/api/guides/ref-roles); "Resolve errors"
(…/guides/handle-errors) for the answers; the descriptions of `supportsAllDrives` and of the scope `drive.file` ("only
the specific Google Drive files you use with this app") in the discovery document.
"""

from collections.abc import Iterator
from typing import Any

from briefingkit.testing.google.call import Call
from briefingkit.testing.google.drive.world import DriveWorld, HeldFile
from briefingkit.testing.google.refusal import Refusal

__all__ = ["ROLES", "find_file", "is_trashed", "no_file", "only_own_files", "rank", "role_of", "within_reach"]

ROLES = ("none", "reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")
"""From the least to the most."""
_DRIVE_FILE = "https://www.googleapis.com/auth/drive.file"
_NARROW = frozenset((_DRIVE_FILE, "https://www.googleapis.com/auth/drive.appdata"))


def rank(role: str) -> int:
    """Say how much a role is."""
    return ROLES.index(role)


def only_own_files(call: Call) -> bool:
    """Say whether the caller's scopes reach no further than the files of the app."""
    return call.method.scopes & call.caller.scopes <= _NARROW


def within_reach(world: DriveWorld, call: Call, file: HeldFile) -> bool:
    """Say whether a caller can see a file at all: by role, by scope, and by what the call says of shared drives."""
    if only_own_files(call) and not file.by_app:
        return False
    if file.drive is not None and call.method.id.startswith("drive.") and not _takes_drives(call):
        return False
    return role_of(world, file, call.caller.email) != "none"


def _takes_drives(call: Call) -> bool:
    return bool(call.query.get("supportsAllDrives") or call.query.get("supportsTeamDrives"))


def role_of(world: DriveWorld, file: HeldFile, email: str, *, by_link: bool = True) -> str:
    """Give somebody's highest role for a file: its own, those of the folders around it, those of the shared drive.

    Without `by_link`, what anybody has who knows the link does not count: such files are in nobody's list.
    """
    if file.owner == email:
        return "owner"
    roles = ["none"]
    if file.drive is not None:
        roles.append(world.drives[file.drive].members.get(email, "none"))
    for each in _and_around(world, file):
        roles += [
            one["role"]
            for one in each.permissions.values()
            if "view" not in one and _meant(world, one, email) and (by_link or one["type"] != "anyone")
        ]
    return max(roles, key=rank)


def _and_around(world: DriveWorld, file: HeldFile) -> Iterator[HeldFile]:
    at: HeldFile | None = file
    while at is not None:
        yield at
        at = world.files.get(at.parent)


def is_trashed(world: DriveWorld, file: HeldFile) -> bool:
    """Say whether a file is in the trash, itself or with a folder around it."""
    return any(each.trashed for each in _and_around(world, file))


def _meant(world: DriveWorld, permission: dict[str, Any], email: str) -> bool:
    kind = permission["type"]
    if kind == "anyone":
        return True
    if kind == "domain":
        return bool(email.rpartition("@")[2].lower() == permission["domain"].lower())
    whom = permission["emailAddress"].lower()
    return email.lower() == whom or (kind == "group" and email in world.groups().get(whom, ()))


def find_file(world: DriveWorld, call: Call, name: str, least: str = "reader") -> HeldFile:
    """Find a file. Raises a Refusal: 404 if the caller cannot see it, 403 if that is all."""
    file = world.files.get(name)
    if file is None or not within_reach(world, call, file):
        raise no_file(name)
    if rank(role_of(world, file, call.caller.email)) < rank(least):
        raise Refusal(
            403,
            "insufficientFilePermissions",
            f"The user does not have sufficient permissions for file {name}.",
        )
    return file


def no_file(name: str) -> Refusal:
    """Refuse what is not there, or not to be seen."""
    return Refusal(404, "notFound", f"File not found: {name}.", location="fileId")
