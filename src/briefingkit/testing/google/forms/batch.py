"""`forms.batchUpdate`: all requests or none, each at a place among the items.

Sources: the descriptions of BatchUpdateFormRequest, of the requests and of WriteControl in the discovery document;
"Update a form or quiz" (developers.google.com/workspace/forms/api/guides/update-form-quiz). A mistake is told as
"Invalid requests[0].updateItem: …", seen in public reports. Our reading: an item is made at 0 to as many as there
are, and is moved to the place that it has afterwards; an index is said and not left out; an option that leads to a
section which is deleted goes on to the next one; a revision is recent for ten minutes.
"""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from attrs import define

from briefingkit.testing.google.forms.items import bad, check_line, finish_item, tidy
from briefingkit.testing.google.forms.masks import masked, read_mask
from briefingkit.testing.google.forms.world import FormsWorld, HeldForm, Item, questions_of
from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.schema import Schemas

__all__ = ["Change", "update"]

_RECENT = timedelta(minutes=10)


@define
class Change:
    """A form while it is changed: what it would become, and the order of items as the caller believes it to be.

    The two differ when the caller aims at an older revision: `order` has ids as they were there.
    """

    world: FormsWorld
    schemas: Schemas
    info: dict[str, Any]
    settings: dict[str, Any]
    items: list[Item]
    order: list[str]

    @property
    def quiz(self) -> bool:
        """Whether the form is a quiz."""
        return bool(self.settings.get("quizSettings", {}).get("isQuiz"))

    def place(self, location: dict[str, Any] | None, last: int) -> int:
        """Read a place. Raises a Refusal where there is none such."""
        index = (location or {}).get("index")
        if index is None:
            raise bad("A location with an index is required.")
        if not 0 <= index < last:
            raise bad(f"Location index {index} is out of range: it must be in [0, {last}).")
        return int(index)

    def at(self, location: dict[str, Any] | None) -> tuple[int, int]:
        """Find the item at a place: where it is for the caller, and where it is. Raises a Refusal if it is gone."""
        seen = self.place(location, len(self.order))
        names = [item["itemId"] for item in self.items]
        if self.order[seen] not in names:
            raise bad("The item was deleted after the target revision.")
        return seen, names.index(self.order[seen])

    def before(self, seen: int) -> int:
        """Find where something goes that comes before a place of the caller's."""
        names = [item["itemId"] for item in self.items]
        following = [names.index(name) for name in self.order[seen:] if name in names]
        return following[0] if following else len(names)


def _create_item(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    seen = change.place(request.get("location"), len(change.order) + 1)
    item = finish_item(change.world, request.get("item", {}), change.items, quiz=change.quiz)
    change.items.insert(change.before(seen), item)
    change.order.insert(seen, item["itemId"])
    names = [question["questionId"] for question in questions_of(item)]
    return {"createItem": {"itemId": item["itemId"], **({"questionId": names} if names else {})}}


def _update_item(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    paths = read_mask(request.get("updateMask"), change.schemas["Item"])
    seen, index = change.at(request.get("location"))
    old, others = change.items[index], change.items[:index] + change.items[index + 1 :]
    written = masked(old, request.get("item", {}), paths)
    item = finish_item(change.world, written, others, quiz=change.quiz, old=old)
    change.items[index] = item
    change.order[seen] = item["itemId"]
    return {}


def _move_item(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    seen, index = change.at(request.get("originalLocation"))
    to = change.place(request.get("newLocation"), len(change.order))
    item = change.items.pop(index)
    change.order.pop(seen)
    change.items.insert(change.before(to), item)
    change.order.insert(to, item["itemId"])
    return {}


def _delete_item(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    seen, index = change.at(request.get("location"))
    gone = change.items.pop(index)["itemId"]
    change.order.pop(seen)
    for item in change.items:
        for question in questions_of(item):
            for option in question.get("choiceQuestion", {}).get("options", ()):
                if option.get("goToSectionId") == gone:
                    del option["goToSectionId"]
    return {}


def _update_info(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    paths = read_mask(request.get("updateMask"), change.schemas["Info"])
    info = request.get("info", {})
    if ["documentTitle"] in paths and request["updateMask"] != "*":
        raise bad("document_title cannot be modified by a batchUpdate request.")
    change.info = tidy(masked(change.info, {key: info[key] for key in info if key != "documentTitle"}, paths))
    check_line(change.info.get("title", ""))
    return {}


def _update_settings(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    paths = read_mask(request.get("updateMask"), change.schemas["FormSettings"])
    written = masked(change.settings, request.get("settings", {}), paths)
    if written.get("emailCollectionType") == "EMAIL_COLLECTION_TYPE_UNSPECIFIED":
        raise bad("emailCollectionType is unspecified.")
    change.settings = tidy({"emailCollectionType": change.settings["emailCollectionType"], **written})
    if not change.quiz:  # "Upon setting to false, all question Grading is deleted."
        for item in change.items:
            for question in questions_of(item):
                question.pop("grading", None)
    return {}


_ACTS = {
    "createItem": _create_item,
    "updateItem": _update_item,
    "moveItem": _move_item,
    "deleteItem": _delete_item,
    "updateFormInfo": _update_info,
    "updateSettings": _update_settings,
}


def update(
    world: FormsWorld,
    schemas: Schemas,
    form: HeldForm,
    requests: list[dict[str, Any]],
    control: dict[str, Any],
    email: str,
    at: datetime,
) -> list[dict[str, Any]]:
    """Do all requests, or none of them; gives the replies. Raises a Refusal, 400, with the place of the mistake."""
    if not requests:
        raise bad("Must specify at least one request.")
    order = _believed(form, control, email, at)
    change = Change(world, schemas, dict(form.info), dict(form.settings), deepcopy(form.items), list(order))
    replies = [_do(change, request, number) for number, request in enumerate(requests)]
    form.info, form.settings = change.info, change.settings
    form.change(change.items, at)
    world.drive.touch(world.drive.files[form.id])
    return replies


def _do(change: Change, request: dict[str, Any], number: int) -> dict[str, Any]:
    kinds = list(request)
    if len(kinds) != 1:
        raise bad(
            f"Invalid requests[{number}]: " + ("No request set." if not kinds else "One request at a time.")
        )
    try:
        return _ACTS[kinds[0]](change, request[kinds[0]])
    except Refusal as refusal:
        raise bad(f"Invalid requests[{number}].{kinds[0]}: {refusal.message}") from None


def _believed(form: HeldForm, control: dict[str, Any], email: str, at: datetime) -> list[str]:
    """Give the order of items that the caller goes by. Raises a Refusal where her revision is too old."""
    needed, target = control.get("requiredRevisionId"), control.get("targetRevisionId")
    if needed and target:
        raise bad("Write control takes one revision.")
    if needed and needed != form.revision_for(email):
        raise bad(f"The required revision ID '{needed}' does not match the latest revision.")
    if not target or target == form.revision_for(email):
        return form.order()
    for number, (order, until) in form.history.items():
        if target == form.revision_for(email, number) and at - until <= _RECENT:
            return order
    raise bad(f"The target revision ID '{target}' is too far behind the latest revision.")
