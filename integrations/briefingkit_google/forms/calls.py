"""The requests of Forms v1 and Drive v3 that this target makes, each with what it must always say.

Every method and parameter is in the discovery documents that Google's client ships. A shared drive is as good a place
as any, so each request to Drive says that it knows of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from briefingkit_google.batch import Ask
from briefingkit_google.forms.identity import Mark, digest_property, target_property
from briefingkit_google.forms.sharing import Grant

__all__ = ["Calls"]

_FORM_TYPE: Final = "application/vnd.google-apps.form"
_FILE: Final = "id,name,trashed,appProperties"
_PERMISSION: Final = "id,type,role,emailAddress,domain,view,permissionDetails(inherited)"
_PAGE: Final = 1000
_RESPONSES: Final = 5000
"""Responses of one page: the most that Google gives."""


class Calls:
    """Makes requests; nothing is sent here."""

    def __init__(self, forms: Any, drive: Any) -> None:
        self._forms = forms.forms()
        self._files = drive.files()
        self._permissions = drive.permissions()

    # Files

    def list_files(self, target: str) -> Any:
        """Ask for all forms of a target that are not in the trash."""
        return self._search(*target_property(target))

    def find_files(self, mark: Mark) -> Any:
        """Ask for the forms that have a mark."""
        return self._search(*digest_property(mark))

    def _search(self, key: str, value: str) -> Any:
        has = f"appProperties has {{ key='{_quoted(key)}' and value='{_quoted(value)}' }}"
        return self._files.list(
            q=f"{has} and mimeType='{_FORM_TYPE}' and trashed=false",
            corpora="allDrives",
            includeItemsFromAllDrives=True,
            supportsAllDrives=True,
            pageSize=_PAGE,
            fields=f"nextPageToken,incompleteSearch,files({_FILE})",
        )

    def next_files(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._files.list_next(request, page)

    def get_file(self, form: str, *, wait: float = 0.0) -> Ask:
        """Ask for the file that a form is."""
        return Ask(self._files.get(fileId=form, supportsAllDrives=True, fields=_FILE), wait=wait)

    def create_file(self, name: str, folder: str | None, properties: Mapping[str, str]) -> Ask:
        """Make a form, marked. Google names it, so a second request would make a second one."""
        body = {**_file_body(name, folder, properties), "mimeType": _FORM_TYPE}
        return Ask(self._files.create(body=body, supportsAllDrives=True, fields=_FILE), once=True)

    def copy_file(self, template: str, name: str, folder: str | None, properties: Mapping[str, str]) -> Ask:
        """Make a form from another one, marked; once, as above."""
        body = _file_body(name, folder, properties)
        request = self._files.copy(fileId=template, body=body, supportsAllDrives=True, fields=_FILE)
        return Ask(request, once=True)

    def update_file(self, form: str, body: Mapping[str, Any]) -> Ask:
        """Change the name or the properties of a file, or whether it is in the trash."""
        return Ask(self._files.update(fileId=form, body=body, supportsAllDrives=True, fields=_FILE))

    # Who may answer and edit

    def list_permissions(self, form: str) -> Any:
        """Ask for all permissions, those to answer too."""
        return self._permissions.list(
            fileId=form,
            supportsAllDrives=True,
            includePermissionsForView="published",
            pageSize=100,
            fields=f"nextPageToken,permissions({_PERMISSION})",
        )

    def next_permissions(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._permissions.list_next(request, page)

    def grant(self, form: str, grant: Grant) -> Ask:
        """Give a permission; nobody is written to. Given twice it is the same one."""
        told = {"sendNotificationEmail": False} if grant.is_personal else {}
        return Ask(
            self._permissions.create(
                fileId=form, body=grant.body, supportsAllDrives=True, fields="id", **told
            )
        )

    def revoke(self, form: str, permission: str) -> Ask:
        """Take a permission back."""
        return Ask(self._permissions.delete(fileId=form, permissionId=permission, supportsAllDrives=True))

    # Forms

    def get_form(self, form: str) -> Ask:
        """Ask for a form."""
        return Ask(self._forms.get(formId=form))

    def update_form(self, form: str, requests: Sequence[Mapping[str, Any]], revision: str) -> Ask:
        """Do requests, all or none, to a form that is as it was read."""
        body = {"requests": list(requests), "writeControl": {"requiredRevisionId": revision}}
        return Ask(self._forms.batchUpdate(formId=form, body=body))

    def publish(self, form: str, *, published: bool, accepting: bool) -> Ask:
        """Publish a form, and let it take answers or not: both are said each time."""
        state = {"isPublished": published, "isAcceptingResponses": accepting}
        return Ask(
            self._forms.setPublishSettings(formId=form, body={"publishSettings": {"publishState": state}})
        )

    # Responses

    def list_responses(self, form: str, since: str | None) -> Any:
        """Ask for the responses that were submitted at a moment or after it (RFC 3339, in UTC), or for all."""
        more = {"filter": f"timestamp >= {since}"} if since is not None else {}
        return self._forms.responses().list(formId=form, pageSize=_RESPONSES, **more)

    def next_responses(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._forms.responses().list_next(request, page)


def _file_body(name: str, folder: str | None, properties: Mapping[str, str]) -> dict[str, Any]:
    parents = {"parents": [folder]} if folder is not None else {}
    return {"name": name, "appProperties": dict(properties), **parents}


def _quoted(text: str) -> str:
    """Write a text inside of the quotes of a search (https://developers.google.com/workspace/drive/api/guides/search-files)."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
