"""`files.list`, and shared drives and their lists.

Source: the descriptions of the parameters of these methods in the discovery document. Files of shared drives are in a
list only with `supportsAllDrives` and `includeItemsFromAllDrives`; `driveId` goes with `corpora=drive` and with both.
The texts of refusals are ours. `incompleteSearch` is always false here.
"""

from collections.abc import Callable
from typing import Any

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.drive.access import is_trashed, only_own_files, rank, role_of
from briefingkit.testing.google.drive.content import instant, show_file
from briefingkit.testing.google.drive.query import Found, parse_query
from briefingkit.testing.google.drive.world import DriveWorld, HeldDrive, HeldFile
from briefingkit.testing.google.refusal import Refusal, invalid, not_found, required

__all__ = ["RULES"]

_LARGEST = 1000
_CORPORA = ("user", "domain", "drive", "allDrives")
_FREE = {"pageToken", "fields", "alt", "prettyPrint", "key", "quotaUser"}
_ORDERS: dict[str, Callable[[HeldFile], Any]] = {
    "createdTime": lambda file: file.made,
    "modifiedTime": lambda file: file.modified,
    "name": lambda file: file.name,
}


def _list(world: DriveWorld, call: Call) -> Answer:
    _check_corpora(call)
    test = parse_query(call.query["q"]) if call.query.get("q") else None
    seen = [file for file in world.files.values() if _in_corpus(world, call, file)]
    if test is not None:
        email = call.caller.email
        ready = call.at - world.search_lag
        seen = [file for file in seen if file.made <= ready and test(_found(world, file, email))]
    names = [file.id for file in _ordered(seen, call.query.get("orderBy", ""))]
    query = _query(call)
    left = world.pages.begin_or_go_on(call.query.get("pageToken"), query, names)
    page, token = world.pages.cut(left, min(call.query["pageSize"], _LARGEST), query)
    shown = [show_file(world, world.files[name], call) for name in page if name in world.files]
    return Answer({"kind": "drive#fileList", "incompleteSearch": False, "files": shown, **token})


def _query(call: Call) -> object:
    asked = {name: value for name, value in call.query.items() if name not in _FREE}
    return (call.method.id, call.caller.email, sorted((name, str(value)) for name, value in asked.items()))


def _check_corpora(call: Call) -> None:
    corpora, drive = call.query.get("corpora", "user"), call.query.get("driveId")
    if corpora not in _CORPORA:
        raise invalid("Invalid Value", "corpora")
    if corpora == "domain":
        raise Refusal(501, "notImplemented", "The double does not keep corpora=domain.")
    if (corpora == "drive") != (drive is not None):
        raise invalid(
            "The driveId parameter must be specified if and only if corpora is set to drive.", "driveId"
        )
    if corpora != "user" and not _with_drives(call):
        raise Refusal(
            403,
            "forbidden",
            f"corpora={corpora} needs supportsAllDrives and includeItemsFromAllDrives to be true.",
        )
    if call.query.get("spaces", "drive") != "drive":
        raise Refusal(501, "notImplemented", "The double keeps no other space than drive.")


def _with_drives(call: Call) -> bool:
    return bool(call.query.get("supportsAllDrives") and call.query.get("includeItemsFromAllDrives"))


def _in_corpus(world: DriveWorld, call: Call, file: HeldFile) -> bool:
    if only_own_files(call) and not file.by_app:
        return False
    if role_of(world, file, call.caller.email, by_link=False) == "none":
        return False
    if file.drive is not None and not _with_drives(call):
        return False
    return "driveId" not in call.query or file.drive == call.query["driveId"]


def _found(world: DriveWorld, file: HeldFile, email: str) -> Found:
    own = [each for each in file.permissions.values() if "view" not in each and "emailAddress" in each]
    edit = [each["emailAddress"] for each in own if rank(each["role"]) >= rank("writer")]
    root = world.root(email)
    return {
        "name": file.name,
        "mimeType": file.mime_type,
        "trashed": is_trashed(world, file),
        "starred": file.starred,
        "createdTime": file.made,
        "modifiedTime": file.modified,
        "parents": [file.parent, *(["root"] if file.parent == root else [])],
        "owners": [file.owner, *(["me"] if file.owner == email else [])],
        "writers": edit,
        "readers": [each["emailAddress"] for each in own],
        "properties": file.properties,
        "appProperties": file.app_properties,
    }


def _ordered(files: list[HeldFile], order: str) -> list[HeldFile]:
    """Order files; where nothing is said the last changed is first, which Google does not promise."""
    files = sorted(files, key=_ORDERS["modifiedTime"], reverse=True)
    for part in reversed([each.split() for each in order.split(",") if each.strip()]):
        if part[0] not in _ORDERS or part[1:] not in ([], ["desc"]):
            raise invalid("Invalid Value", "orderBy")
        files = sorted(files, key=_ORDERS[part[0]], reverse=part[1:] == ["desc"])
    return files


def _drives(world: DriveWorld, call: Call) -> Answer:
    if "q" in call.query:
        raise Refusal(501, "notImplemented", "The double keeps no queries of shared drives.")
    names = [drive.id for drive in world.drives.values() if call.caller.email in drive.members]
    query = _query(call)
    left = world.pages.begin_or_go_on(call.query.get("pageToken"), query, names)
    page, token = world.pages.cut(left, call.query.get("pageSize", 10), query)
    shown = [_drive_shown(world.drives[name], call) for name in page]
    return Answer({"kind": "drive#driveList", "drives": shown, **token})


def _drive(world: DriveWorld, call: Call) -> Answer:
    drive = world.drives.get(call.path["driveId"])
    if drive is None or call.caller.email not in drive.members:
        raise not_found()
    return Answer(_drive_shown(drive, call))


def _drive_shown(drive: HeldDrive, call: Call) -> dict[str, Any]:
    usual = {"kind": "drive#drive", "id": drive.id, "name": drive.name}
    if "fields" not in call.query:
        return usual
    role = rank(drive.members[call.caller.email])
    can = {"canAddChildren": role >= rank("writer"), "canEdit": role >= rank("writer")}
    return {**usual, "createdTime": instant(drive.made), "hidden": False, "capabilities": can}


def _about(_world: DriveWorld, call: Call) -> Answer:
    """Say who one is. Source: "Required: The `fields` parameter must be set."."""
    if "fields" not in call.query:
        raise required("The 'fields' parameter is required for this method.", "fields")
    usage = {"usage": "0", "usageInDrive": "0", "usageInDriveTrash": "0"}
    quota = {"limit": "0" if call.caller.alone else str(15 * 2**30), **usage}
    user = {"kind": "drive#user", "emailAddress": call.caller.email, "me": True}
    return Answer({"kind": "drive#about", "user": user, "storageQuota": quota})


RULES = {
    "drive.files.list": _list,
    "drive.drives.list": _drives,
    "drive.drives.get": _drive,
    "drive.about.get": _about,
}
