"""The methods of `forms`: create, get, batchUpdate, setPublishSettings.

Sources: the descriptions of these methods, of Form and of PublishSettings in the discovery document; "API changes to
Google Forms" (developers.google.com/workspace/forms/api/guides/api-changes-to-google-forms): forms made by the API
since 30 June 2026 start unpublished. `unpublished=false` cannot be told from its absence (protocol buffers), and
means the same. Seen in public reports: the text where more than the title is given, and 500 for a service account
that makes a form, for it has no Drive. Our reading: only editors can read a form; a form in the trash can be read and
written.
"""

from datetime import UTC, datetime
from typing import Any

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.drive.access import only_own_files, rank, role_of
from briefingkit.testing.google.drive.files import owned
from briefingkit.testing.google.drive.world import HeldFile
from briefingkit.testing.google.forms.batch import update
from briefingkit.testing.google.forms.items import bad, check_line
from briefingkit.testing.google.forms.masks import read_mask
from briefingkit.testing.google.forms.world import FORM, FormsWorld, HeldForm
from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.schema import Schemas

__all__ = ["RULES", "WITH_SCHEMAS", "find_form", "show_form"]

_UNPUBLISHED_SINCE = datetime(2026, 6, 30, tzinfo=UTC)


def find_form(world: FormsWorld, call: Call) -> HeldForm:
    """Find a form. Raises a Refusal: 404 if the caller cannot see it, 403 if she may not edit it."""
    name = call.path["formId"]
    form, file = world.forms.get(name), world.drive.files.get(name)
    if form is None or file is None or (only_own_files(call) and not file.by_app):
        raise Refusal(404, "notFound", "Requested entity was not found.")
    role = role_of(world.drive, file, call.caller.email)
    if role == "none":
        raise Refusal(404, "notFound", "Requested entity was not found.")
    if rank(role) < rank("writer"):
        raise Refusal(403, "forbidden", "The caller does not have permission")
    return form


def show_form(world: FormsWorld, form: HeldForm, email: str) -> dict[str, Any]:
    """Give a form as somebody sees it."""
    shown: dict[str, Any] = {
        "formId": form.id,
        "info": {**form.info, "documentTitle": world.drive.files[form.id].name},
        "settings": form.settings,
        "revisionId": form.revision_for(email),
        "responderUri": f"https://docs.google.com/forms/d/e/{form.responder}/viewform",
    }
    if form.items:
        shown["items"] = form.items
    if not form.legacy:
        shown["publishSettings"] = _publishing(form)
    return shown


def _publishing(form: HeldForm) -> dict[str, Any]:
    state = {"isPublished": form.published, "isAcceptingResponses": form.accepting}
    return {"publishState": {name: value for name, value in state.items() if value}}


def _get(world: FormsWorld, call: Call) -> Answer:
    return Answer(show_form(world, find_form(world, call), call.caller.email))


def _create(world: FormsWorld, call: Call) -> Answer:
    info = call.body.get("info", {})
    if set(call.body) - {"info"} or set(info) - {"title", "documentTitle"}:
        raise bad(
            "Only info.title can be set when creating a form. To add items and change settings, use batchUpdate."
        )
    if not info.get("title"):
        raise bad("Missing info.title.")
    check_line(info["title"])
    if call.caller.alone:
        raise Refusal(500, "internalError", "Internal error encountered.")
    email, at = call.caller.email, call.at
    title = info.get("documentTitle") or info["title"]
    drive = world.drive
    file = HeldFile(drive.name("file"), title, FORM, drive.root(email), at, at, by_app=True)
    drive.files[file.id] = owned(file, email)
    form = world.forms[file.id] = world.new(file)
    form.info = {"title": info["title"]}
    published = at < _UNPUBLISHED_SINCE and not call.query.get("unpublished")
    form.published = form.accepting = published
    return Answer(show_form(world, form, email))


def _update(schemas: Schemas, world: FormsWorld, call: Call) -> Answer:
    form, email = find_form(world, call), call.caller.email
    control = call.body.get("writeControl", {})
    replies = update(world, schemas, form, call.body.get("requests", []), control, email, call.at)
    answer: dict[str, Any] = {
        "replies": replies,
        "writeControl": {"requiredRevisionId": form.revision_for(email)},
    }
    if call.body.get("includeFormInResponse"):
        answer["form"] = show_form(world, form, email)
    return Answer(answer)


def _publish(schemas: Schemas, world: FormsWorld, call: Call) -> Answer:
    form = find_form(world, call)
    if form.legacy:
        raise bad("Legacy forms have no publish settings.")
    if call.body.get("updateMask"):
        read_mask(call.body["updateMask"], schemas["PublishSettings"])
    state = call.body.get("publishSettings", {}).get("publishState", {})
    for name in ("isPublished", "isAcceptingResponses"):
        if name not in state:
            raise bad(f"publish_settings.publish_state needs {name}.")
    if state["isAcceptingResponses"] and not state["isPublished"]:
        raise bad("A form that is not published cannot accept responses.")
    form.published, form.accepting = state["isPublished"], state["isAcceptingResponses"]
    return Answer({"formId": form.id, "publishSettings": _publishing(form)})


RULES = {"forms.forms.get": _get, "forms.forms.create": _create}
WITH_SCHEMAS = {"forms.forms.batchUpdate": _update, "forms.forms.setPublishSettings": _publish}
