"""What people do with a form: edit it in its page, open and close it, and answer it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from briefingkit.testing.google.core import Core
from briefingkit.testing.google.drive.by_hand import DriveByHand
from briefingkit.testing.google.drive.content import instant
from briefingkit.testing.google.forms.answers import answers_of
from briefingkit.testing.google.forms.batch import update
from briefingkit.testing.google.forms.methods import show_form
from briefingkit.testing.google.forms.world import FORM, FormsWorld, HeldForm
from briefingkit.testing.google.schema import Schemas

__all__ = ["FormsByHand"]


class FormsByHand(DriveByHand):
    """The part of the double that stands for people with forms. Forms are named by id, items by id or title."""

    person: str
    _core: Core
    _forms: FormsWorld
    _form_schemas: Schemas

    @property
    def forms(self) -> list[str]:
        """The ids of all forms."""
        with self._core.lock:
            return list(self._forms.forms)

    def form(self, name: str) -> dict[str, Any]:
        """Give a form's resource, as its owner sees it. Raises KeyError where there is none."""
        with self._core.lock:
            return deepcopy(show_form(self._forms, self._forms.forms[name], self.person))

    def make_form(
        self,
        title: str,
        *items: Mapping[str, Any],
        parent: str | None = None,
        owner: str | None = None,
        legacy: bool = False,
    ) -> str:
        """Make a form in the editor, published and open; items are as in the API. Gives its id.

        A `legacy` form is one from before forms were published: it has no publish settings.
        """
        with self._core.lock:
            name = self._made(title, FORM, parent, owner)
            form = self._forms.forms[name]
            form.items = []
            form.published = form.accepting = True
            form.legacy = legacy
        for item in items:
            self.add_item(name, item)
        return name

    def add_item(self, name: str, item: Mapping[str, Any], *, at: int | None = None) -> str:
        """Add an item, at the end unless said otherwise; gives its id."""
        with self._core.lock:
            form = self._forms.forms[name]
            index = len(form.items) if at is None else at
            self._edit(form, {"createItem": {"item": dict(item), "location": {"index": index}}})
            return str(form.items[index]["itemId"])

    def edit_item(self, name: str, item: str, **fields: Any) -> None:
        """Change fields of an item, such as its title, or the whole of its `questionItem`; its ids stay."""
        with self._core.lock:
            form = self._forms.forms[name]
            index = _index(form, item)
            given = deepcopy(fields)
            _keep_ids(form.items[index], given)
            mask = ",".join(given)
            self._edit(
                form, {"updateItem": {"item": given, "location": {"index": index}, "updateMask": mask}}
            )

    def move_item(self, name: str, item: str, to: int) -> None:
        """Move an item to a place."""
        with self._core.lock:
            form = self._forms.forms[name]
            places = {"originalLocation": {"index": _index(form, item)}, "newLocation": {"index": to}}
            self._edit(form, {"moveItem": places})

    def remove_item(self, name: str, item: str) -> None:
        """Delete an item; its answers stay in the responses."""
        with self._core.lock:
            form = self._forms.forms[name]
            self._edit(form, {"deleteItem": {"location": {"index": _index(form, item)}}})

    def edit_form(self, name: str, **info: str) -> None:
        """Change the title or the description."""
        with self._core.lock:
            request = {"updateFormInfo": {"info": dict(info), "updateMask": ",".join(info)}}
            self._edit(self._forms.forms[name], request)

    def _edit(self, form: HeldForm, request: dict[str, Any]) -> None:
        update(self._forms, self._form_schemas, form, [request], {}, self.person, self._forms.now())

    def publish_form(self, name: str, *, accepting: bool = True) -> None:
        """Publish a form, open for answers unless said otherwise."""
        with self._core.lock:
            form = self._forms.forms[name]
            form.published, form.accepting = True, accepting

    def close_form(self, name: str) -> None:
        """Stop taking answers; the form stays published."""
        with self._core.lock:
            self._forms.forms[name].accepting = False

    def respond(
        self,
        name: str,
        answers: Mapping[str, Any],
        *,
        email: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """Answer a form; gives the id of the response.

        `answers` are by title or id of the question: texts, lists of texts for check boxes, numbers, dates, times, for
        a grid a mapping by row. Raises ValueError where the form takes no answers, or not these.
        """
        with self._core.lock:
            form = self._forms.forms[name]
            stamp = self._check_open(form, email, at)
            response: dict[str, Any] = {
                "formId": name,
                "responseId": "ACYDBN" + self._forms.name("response", 40),
                "createTime": stamp,
                "lastSubmittedTime": stamp,
                "answers": answers_of(form.items, answers),
            }
            if email is not None and form.settings["emailCollectionType"] != "DO_NOT_COLLECT":
                response["respondentEmail"] = email
            form.responses[response["responseId"]] = response
            return str(response["responseId"])

    def _check_open(self, form: HeldForm, email: str | None, at: datetime | None) -> str:
        if not (form.published and form.accepting):
            raise ValueError("the form takes no answers")
        if email is None and form.settings["emailCollectionType"] != "DO_NOT_COLLECT":
            raise ValueError("the form wants an e-mail address")
        return instant((at or self._forms.now()).astimezone(UTC))

    def edit_response(
        self, name: str, response: str, answers: Mapping[str, Any], *, at: datetime | None = None
    ) -> None:
        """Submit a response again with other answers, as its link lets one; it keeps its id and when it first came."""
        with self._core.lock:
            form = self._forms.forms[name]
            old = form.responses[response]
            stamp = self._check_open(form, old.get("respondentEmail", ""), at)
            said = answers_of(form.items, answers)
            form.responses[response] = {**old, "lastSubmittedTime": stamp, "answers": said}

    def remove_response(self, name: str, response: str) -> None:
        """Delete a response, which only people can."""
        with self._core.lock:
            del self._forms.forms[name].responses[response]


def _index(form: HeldForm, item: str) -> int:
    for place, each in enumerate(form.items):
        if item in {each["itemId"], each.get("title")}:
            return place
    raise KeyError(item)


def _keep_ids(old: Mapping[str, Any], given: dict[str, Any]) -> None:
    """Give a question that is written anew the id that it has."""
    question = given.get("questionItem", {}).get("question")
    if question is not None and "questionItem" in old:
        question.setdefault("questionId", old["questionItem"]["question"]["questionId"])
