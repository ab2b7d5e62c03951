"""The methods of `files`: get, create (metadata alone), update, copy, delete.

Sources: the descriptions of these methods and of File in the discovery document. That a service account has no storage
of its own is seen in public reports (403 `storageQuotaExceeded`); that it may make folders, which take none, is our
reading. That a copy keeps the properties is how we read "Entries with null values are cleared in update and copy
requests"; that it is shared with nobody is our reading.
"""

from datetime import datetime

from attrs import evolve

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.drive.access import find_file, no_file, rank, role_of
from briefingkit.testing.google.drive.content import check_writable, show_file, write_fields
from briefingkit.testing.google.drive.world import FOLDER, DriveWorld, HeldFile
from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["RULES", "check_storage", "owned", "place"]


def _get(world: DriveWorld, call: Call) -> Answer:
    return Answer(show_file(world, find_file(world, call, _named(world, call)), call))


def _named(world: DriveWorld, call: Call) -> str:
    name = call.path["fileId"]
    return world.root(call.caller.email) if name == "root" else name


def _create(world: DriveWorld, call: Call) -> Answer:
    check_writable(call, made=True)
    if "id" in call.body:
        raise Refusal(501, "notImplemented", "The double does not keep ids that callers give.")
    mime = call.body.get("mimeType", "application/octet-stream")
    parent, drive = place(world, call, call.body.get("parents"))
    check_storage(call, drive, mime)
    at = call.at
    file = HeldFile(world.name("file"), "Untitled", mime, parent, at, at, drive=drive, by_app=True)
    write_fields(file, call.body)
    return Answer(show_file(world, world.add(owned(file, call.caller.email)), call))


def owned(file: HeldFile, email: str) -> HeldFile:
    """Give a new file to who makes it, unless it is in a shared drive."""
    if file.drive is None:
        file.owner = email
        file.permissions["owner", ""] = {
            "kind": "drive#permission",
            "id": "owner",
            "type": "user",
            "role": "owner",
            "emailAddress": email,
        }
    return file


def place(world: DriveWorld, call: Call, parents: list[str] | None) -> tuple[str, str | None]:
    """Find where a file is to be: a folder, and the shared drive that it is in. Raises a Refusal."""
    if not parents:
        return world.root(call.caller.email), None
    if len(parents) > 1:
        raise invalid("A file cannot have more than one parent.", "parents")
    name = parents[0]
    if name in {"root", world.root(call.caller.email)}:
        return world.root(call.caller.email), None
    if name in world.drives:
        _check_drive(world, call, name)
        return name, name
    folder = find_file(world, call, name, "writer")
    if folder.mime_type != FOLDER:
        raise Refusal(403, "parentNotAFolder", "The specified parent is not a folder.")
    return folder.id, folder.drive


def _check_drive(world: DriveWorld, call: Call, name: str) -> None:
    role = world.drives[name].members.get(call.caller.email, "none")
    if role == "none" or not call.query.get("supportsAllDrives"):
        raise no_file(name)
    if rank(role) < rank("writer"):
        message = f"The user does not have sufficient permissions for file {name}."
        raise Refusal(403, "insufficientFilePermissions", message)


def check_storage(call: Call, drive: str | None, mime: str) -> None:
    """Raise a Refusal, 403, where a service account would own what takes storage."""
    if call.caller.alone and drive is None and mime != FOLDER:
        raise Refusal(
            403,
            "storageQuotaExceeded",
            "Service Accounts do not have storage quota. Leverage shared drives "
            "(https://developers.google.com/workspace/drive/api/guides/about-shareddrives), or use OAuth delegation "
            "(http://support.google.com/a/answer/7281227) instead.",
            domain="usageLimits",
        )


def _update(world: DriveWorld, call: Call) -> Answer:
    file = find_file(world, call, _named(world, call), "writer")
    check_writable(call, made=False)
    if "trashed" in call.body:
        _check_trashing(world, call, file)
    written = evolve(file, permissions=dict(file.permissions))
    write_fields(written, call.body)
    _move(world, call, written)
    world.touch(written)
    world.files[file.id] = written
    return Answer(show_file(world, written, call))


def _check_trashing(world: DriveWorld, call: Call, file: HeldFile) -> None:
    """Raise a Refusal unless the caller may: the owner, or in a shared drive who manages content."""
    least = "owner" if file.drive is None else "fileOrganizer"
    if rank(role_of(world, file, call.caller.email)) < rank(least):
        message = f"The user does not have sufficient permissions for file {file.id}."
        raise Refusal(403, "insufficientFilePermissions", message)


def _move(world: DriveWorld, call: Call, file: HeldFile) -> None:
    added = [each for each in call.query.get("addParents", "").split(",") if each]
    removed = [each for each in call.query.get("removeParents", "").split(",") if each]
    if removed and removed != [file.parent]:
        raise invalid("A parent that the file does not have cannot be removed.", "removeParents")
    if removed and not added:
        raise invalid(
            "A file needs a parent.", "removeParents"
        )  # our reading: no file is without one any more
    if not added:
        return
    file.parent, drive = place(world, call, added)
    if drive == file.drive:
        return
    check_storage(call, drive, file.mime_type)
    file.drive, file.owner = drive, None
    file.permissions.pop(("owner", ""), None)
    owned(file, call.caller.email)


def _copy(world: DriveWorld, call: Call) -> Answer:
    source = find_file(world, call, _named(world, call))
    check_writable(call, made=True)
    if source.mime_type == FOLDER:
        raise Refusal(403, "cannotCopyFile", "This file cannot be copied by the user.")
    parent, drive = _beside(world, call, source)
    check_storage(call, drive, source.mime_type)
    made = copied(world, source, parent, drive, call.at)
    made.by_app = True
    write_fields(made, call.body)
    owned(made, call.caller.email)
    world.files[made.id] = made
    if made.mime_type in world.kinds:
        world.kinds[made.mime_type].copy(source, made)
    return Answer(show_file(world, made, call))


def _beside(world: DriveWorld, call: Call, source: HeldFile) -> tuple[str, str | None]:
    """Place a copy. Source, at `parents`: "the file inherits any discoverable parent of the source file"."""
    if call.body.get("parents"):
        return place(world, call, call.body["parents"])
    if source.drive is not None or source.parent in world.files:
        return place(world, call, [source.parent])
    return world.root(call.caller.email), None


def copied(world: DriveWorld, source: HeldFile, parent: str, drive: str | None, at: datetime) -> HeldFile:
    """Make a copy of a file, without what it is shared with; nobody has it yet."""
    return HeldFile(
        world.name("file"),
        f"Copy of {source.name}",
        source.mime_type,
        parent,
        at,
        at,
        drive=drive,
        description=source.description,
        app_properties=dict(source.app_properties),
        properties=dict(source.properties),
    )


def _delete(world: DriveWorld, call: Call) -> Answer:
    name = _named(world, call)
    file = find_file(world, call, name)
    find_file(world, call, name, "owner" if file.drive is None else "organizer")
    world.remove(name)
    return Answer()


RULES = {
    "drive.files.get": _get,
    "drive.files.create": _create,
    "drive.files.update": _update,
    "drive.files.copy": _copy,
    "drive.files.delete": _delete,
}
