"""The requests of Drive v3 that this target makes: files that are spreadsheets, and with whom they are shared.

Every method and parameter is in the discovery document that Google's client ships.
"""

from collections.abc import Mapping
from typing import Any, Final

from briefingkit_google.batch import Ask

__all__ = ["SPREADSHEET_TYPE", "Calls"]

SPREADSHEET_TYPE: Final = "application/vnd.google-apps.spreadsheet"
_PAGE: Final = 1000
_FILE: Final = "id,name,mimeType,trashed,appProperties"
_PERMISSIONS: Final = (
    "nextPageToken,permissions(id,type,role,emailAddress,domain,permissionDetails/inherited)"
)
_DRIVES: Final[Mapping[str, bool]] = {"supportsAllDrives": True}


class Calls:
    """Makes requests; nothing is sent here."""

    def __init__(self, service: Any) -> None:
        self._files = service.files()
        self._permissions = service.permissions()

    def list_files(self, query: str) -> Any:
        """Ask for files, in all drives that this account sees."""
        fields = f"nextPageToken,incompleteSearch,files({_FILE})"
        where = {**_DRIVES, "includeItemsFromAllDrives": True, "corpora": "allDrives"}
        return self._files.list(q=query, pageSize=_PAGE, orderBy="createdTime", fields=fields, **where)

    def next_files(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._files.list_next(request, page)

    def get_file(self, file: str) -> Ask:
        """Ask for one file."""
        return Ask(self._files.get(fileId=file, fields=_FILE, **_DRIVES))

    def create_file(self, name: str, folder: str | None, properties: Mapping[str, str]) -> Ask:
        """Make a spreadsheet. Google names it, so a second request would make a second one."""
        body: dict[str, Any] = {
            "name": name,
            "mimeType": SPREADSHEET_TYPE,
            "appProperties": dict(properties),
        }
        if folder is not None:
            body["parents"] = [folder]
        return Ask(self._files.create(body=body, fields=_FILE, **_DRIVES), once=True)

    def update_file(self, file: str, body: Mapping[str, Any]) -> Ask:
        """Change what a file is called, its properties, or whether it is in the trash."""
        return Ask(self._files.update(fileId=file, body=body, fields=_FILE, **_DRIVES))

    def list_permissions(self, file: str) -> Any:
        """Ask with whom a file is shared."""
        return self._permissions.list(fileId=file, pageSize=100, fields=_PERMISSIONS, **_DRIVES)

    def next_permissions(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._permissions.list_next(request, page)

    def share(self, file: str, scope: str, role: str) -> Ask:
        """Share a file with somebody, who gets no mail about it; whom there is a permission for, that is changed."""
        kind, _, of = scope.partition(":")
        body = {"type": kind, "role": role, "domain" if kind == "domain" else "emailAddress": of}
        told = {} if kind == "domain" else {"sendNotificationEmail": False}
        return Ask(self._permissions.create(fileId=file, body=body, fields="id", **told, **_DRIVES))

    def change_role(self, file: str, permission: str, role: str) -> Ask:
        """Change what somebody may do."""
        return Ask(
            self._permissions.update(
                fileId=file, permissionId=permission, body={"role": role}, fields="id", **_DRIVES
            )
        )

    def unshare(self, file: str, permission: str) -> Ask:
        """Share a file with somebody no longer."""
        return Ask(self._permissions.delete(fileId=file, permissionId=permission, **_DRIVES))
