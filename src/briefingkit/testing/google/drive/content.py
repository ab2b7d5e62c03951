"""What a file is, as the API shows it and as it is written.

Sources: the descriptions of File in the discovery document; "Add custom file properties"
(developers.google.com/workspace/drive/api/guides/properties) for the limits of properties; "Return specific fields"
(…/guides/fields-parameter) for what is shown where no fields are named; "Resolve errors" (…/guides/handle-errors).
That what only the server writes is refused with 403 `fieldNotWritable` is seen in public reports.
"""

from typing import Any

from briefingkit.testing.google.call import Call
from briefingkit.testing.google.drive.access import is_trashed, rank, role_of
from briefingkit.testing.google.drive.world import FOLDER, DriveWorld, HeldFile
from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["check_properties", "check_writable", "instant", "show_file", "write_fields"]

_LARGEST_PROPERTY = 124
_MOST_PRIVATE = 30
_MOST_PUBLIC = 30
_KEPT = {
    "id",
    "kind",
    "name",
    "mimeType",
    "parents",
    "description",
    "appProperties",
    "properties",
    "starred",
    "trashed",
    "writersCanShare",
}
_USUAL = ("kind", "id", "name", "mimeType")


def instant(at: Any) -> str:
    """Write an instant as Google does, to the millisecond, in UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def show_file(world: DriveWorld, file: HeldFile, call: Call) -> dict[str, Any]:
    """Give a file as a caller sees it; a few fields of it where the call names none."""
    whole = _whole(world, file, call.caller.email)
    return whole if "fields" in call.query else {name: whole[name] for name in _USUAL}


def _whole(world: DriveWorld, file: HeldFile, email: str) -> dict[str, Any]:
    role = rank(role_of(world, file, email))
    shown: dict[str, Any] = {
        "kind": "drive#file",
        "id": file.id,
        "name": file.name,
        "mimeType": file.mime_type,
        "parents": [file.parent],
        "createdTime": instant(file.made),
        "modifiedTime": instant(file.modified),
        "version": str(file.version),
        "trashed": is_trashed(world, file),
        "explicitlyTrashed": file.trashed,
        "starred": file.starred,
        "spaces": ["drive"],
        "webViewLink": f"https://docs.google.com/open?id={file.id}",
        "isAppAuthorized": file.by_app,
        "capabilities": _capabilities(file, role),
    }
    for name, value in (("appProperties", file.app_properties), ("properties", file.properties)):
        if value:
            shown[name] = dict(value)
    if file.description:
        shown["description"] = file.description
    if file.drive is not None:
        return {**shown, "driveId": file.drive, "teamDriveId": file.drive}
    return {**shown, **_sharing(file, email, edits=role >= rank("writer"))}


def _capabilities(file: HeldFile, role: int) -> dict[str, bool]:
    edits = role >= rank("writer")
    return {
        "canEdit": edits,
        "canRename": edits,
        "canShare": edits,
        "canAddChildren": edits and file.mime_type == FOLDER,
        "canDelete": role >= rank("organizer"),
        "canTrash": role >= rank("fileOrganizer"),
    }


def _sharing(file: HeldFile, email: str, *, edits: bool) -> dict[str, Any]:
    """Say whose a file outside shared drives is, and to who may edit it, who else has it."""
    mine = file.owner == email
    said: dict[str, Any] = {
        "ownedByMe": mine,
        "owners": [{"kind": "drive#user", "emailAddress": file.owner, "me": mine}],
        "shared": any(each["role"] != "owner" for each in file.permissions.values()),
    }
    if edits:
        said["permissions"] = [each for each in file.permissions.values() if "view" not in each]
    return said


def check_writable(call: Call, *, made: bool) -> None:
    """Raise a Refusal, 403, where the body has what one does not write; in an update, `parents` and `id` too."""
    ignored = [name for name in call.ignored if name != "kind"]
    fixed = [] if made else [name for name in ("id", "mimeType") if name in call.body]
    if not made and "parents" in call.body:
        raise Refusal(
            403,
            "fieldNotWritable",
            "The parents field is not directly writable in update requests. Use the addParents and removeParents "
            "parameters instead.",
        )
    if ignored or fixed:
        raise Refusal(
            403, "fieldNotWritable", "The resource body includes fields which are not directly writable."
        )
    unknown = sorted(set(call.body) - _KEPT)
    if unknown:
        raise Refusal(501, "notImplemented", f"The double does not keep {', '.join(unknown)} of a file.")


def write_fields(file: HeldFile, body: dict[str, Any]) -> None:
    """Write the fields of a body that are the file's own; null takes a property away. Raises a Refusal."""
    private = _merged(file.app_properties, body.get("appProperties"))
    public = _merged(file.properties, body.get("properties"))
    check_properties(private, _MOST_PRIVATE)
    check_properties(public, _MOST_PUBLIC)
    file.app_properties, file.properties = private, public
    file.name = body.get("name") or file.name
    file.description = body.get("description", file.description) or ""
    file.starred = bool(body.get("starred", file.starred))
    file.trashed = bool(body.get("trashed", file.trashed))


def _merged(old: dict[str, str], given: dict[str, str | None] | None) -> dict[str, str]:
    whole = {**old, **(given or {})}
    return {key: value for key, value in whole.items() if value is not None}


def check_properties(properties: dict[str, str], most: int) -> None:
    """Raise a Refusal where there are too many of them, or one is too long."""
    if len(properties) > most:
        raise invalid(f"There are more than {most} properties.", "properties")
    for key, value in properties.items():
        if len(key.encode()) + len(value.encode()) > _LARGEST_PROPERTY:
            raise invalid(f"The property {key} is longer than {_LARGEST_PROPERTY} bytes.", "properties")
