"""Between Google's JSON of a form and canonical fields: what is read, and the requests that write it.

Canonical is: what has its default value is left out, as in Google's own answers; items that are not ours are not there;
and the key of an item or an option stands beside what is displayed as far as it is known, for Google knows none.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from briefingkit.model.question import OTHER
from briefingkit.publish import Fields, Resource, Value
from briefingkit_google.forms.identity import is_of_ours, question_id
from briefingkit_google.forms.moves import Do, Step, arrange, woven
from briefingkit_google.unchecked import list_in, mapping_in, text_in

__all__ = ["Names", "batch_requests", "is_ours", "order_of", "read_items"]

_CHOICE: Final = ("type", "shuffle")
_OPTION: Final = ("value", "isOther", "goToAction", "goToSectionId")
_KINDS: Final = {
    "textQuestion": ("paragraph",),
    "scaleQuestion": ("low", "high", "lowLabel", "highLabel"),
    "dateQuestion": ("includeYear", "includeTime"),
    "timeQuestion": ("duration",),
    "ratingQuestion": ("ratingScaleLevel", "iconType"),
}
_SETTINGS: Final = "emailCollectionType,quizSettings.isQuiz"


@frozen
class Names:
    """What is known of items beyond what Google keeps: keys by id, and the keys of options by item and text."""

    items: Mapping[str, str] = field(factory=dict)
    options: Mapping[str, Mapping[str, str]] = field(factory=dict)

    @classmethod
    def of(cls, *resources: Resource | None) -> "Names":
        """Gather the names that resources give; of two that name one thing the earlier counts."""
        items: dict[str, str] = {}
        options: dict[str, dict[str, str]] = {}
        for resource in resources:
            for key, item in mapping_in(
                resource.fields.get("items") if resource is not None else None
            ).items():
                name = str(mapping_in(item).get("id"))
                if key != name:
                    items.setdefault(name, key)
                for text, option in _named_options(item):
                    options.setdefault(name, {}).setdefault(text, option)
        return cls(items, options)


def _named_options(item: Value) -> Iterator[tuple[str, str]]:
    question = mapping_in(mapping_in(item).get("question"))
    for option in list_in(mapping_in(question.get("choiceQuestion")).get("options")):
        key, text = mapping_in(option).get("key"), mapping_in(option).get("value")
        if key is not None and text is not None:
            yield str(text), str(key)


# Reading


def _question_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping_in(mapping_in(raw.get("questionItem")).get("question"))


def is_ours(raw: Mapping[str, Any]) -> bool:
    """Tell an item of ours from one that a person has added."""
    return is_of_ours(str(raw.get("itemId", "")), text_in(_question_of(raw).get("questionId")))


def _ours(form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in map(mapping_in, list_in(form.get("items"))) if is_ours(each)]


def read_items(form: Mapping[str, Any], names: Names) -> dict[str, Value]:
    """Read the items of ours, by key where that is known, else by id."""
    return {_name(raw, names): _item(raw, names) for raw in _ours(form)}


def order_of(form: Mapping[str, Any], names: Names) -> tuple[str, ...]:
    """Read in which order they stand."""
    return tuple(_name(raw, names) for raw in _ours(form))


def _name(raw: Mapping[str, Any], names: Names) -> str:
    name = str(raw.get("itemId"))
    return names.items.get(name, name)


def _item(raw: Mapping[str, Any], names: Names) -> Value:
    name, question = str(raw.get("itemId")), _question_of(raw)
    read: dict[str, Value] = {
        "id": name,
        "title": str(raw.get("title") or ""),
        "description": str(raw.get("description") or ""),
    }
    if "pageBreakItem" in raw:
        return {**read, "section": True}
    kinds = {
        kind: _kind(kind, mapping_in(question[kind]), names.options.get(name, {}))
        for kind in question
        if kind.endswith("Question")
    }
    return {**read, "required": bool(question.get("required")), "question": kinds}


def _kind(kind: str, content: Mapping[str, Any], keys: Mapping[str, str]) -> Value:
    if kind != "choiceQuestion":
        return _told(content, _KINDS.get(kind, ()))
    options = (mapping_in(each) for each in list_in(content.get("options")))
    return {**_told(content, _CHOICE), "options": tuple(_option(each, keys) for each in options)}


def _option(raw: Mapping[str, Any], keys: Mapping[str, str]) -> Value:
    key = OTHER if raw.get("isOther") else keys.get(str(raw.get("value")))
    return {"key": key, **_told(raw, _OPTION)}


def _told(raw: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Value]:
    return {name: raw[name] for name in names if raw.get(name)}


# Writing


def batch_requests(
    form: Mapping[str, Any], fields: Fields, names: Names, *, bare: bool = False
) -> list[dict[str, Any]]:
    """Give the requests that bring a form to what its fields say, as few as can be; none where it is so already.

    `bare`: what is not ours was born with the form, and goes.
    """
    by_key = mapping_in(fields["items"])
    items = {str(mapping_in(each)["id"]): mapping_in(each) for each in by_key.values()}
    # Where people's changes are kept, order and items may each be of another time.
    order = [str(mapping_in(by_key[key])["id"]) for key in list_in(fields["order"]) if key in by_key]
    raw = {str(each.get("itemId")): each for each in map(mapping_in, list_in(form.get("items")))}
    others = () if bare else [name for name, each in raw.items() if not is_ours(each)]
    changed = [name for name in order if name in raw and _item(raw[name], names) != items[name]]
    sections = [name for name, item in items.items() if "section" in item]
    steps = arrange(list(raw), woven(list(raw), order, others), first=sections, changed=changed)
    return [*_head(form, fields), *(_request(step, items, raw) for step in steps)]


def _head(form: Mapping[str, Any], fields: Fields) -> Iterator[dict[str, Any]]:
    info, settings = mapping_in(form.get("info")), mapping_in(form.get("settings"))
    wanted = {"title": fields["title"], "description": fields["description"]}
    if any((info.get(name) or "") != value for name, value in wanted.items()):
        yield {"updateFormInfo": {"info": wanted, "updateMask": "title,description"}}
    is_quiz = bool(mapping_in(settings.get("quizSettings")).get("isQuiz"))
    if settings.get("emailCollectionType") != fields["emails"] or is_quiz is not fields["quiz"]:
        body = {"emailCollectionType": fields["emails"], "quizSettings": {"isQuiz": fields["quiz"]}}
        yield {"updateSettings": {"settings": body, "updateMask": _SETTINGS}}


def _request(step: Step, items: Mapping[str, Mapping[str, Any]], raw: Mapping[str, Any]) -> dict[str, Any]:
    where = {"index": step.at}
    if step.do is Do.MOVE:
        return {"moveItem": {"originalLocation": where, "newLocation": {"index": step.to}}}
    if step.do is Do.DELETE:
        return {"deleteItem": {"location": where}}
    item = _body(items[step.item])
    if step.do is Do.CREATE:
        return {"createItem": {"item": item, "location": where}}
    # The ids stand in the body wherever the mask covers them: a blank one would be a new one, and answers would
    # lose their question. An image beside the question is not ours and is not covered.
    mask = "title,description"
    if "questionItem" in item:
        mask += ",questionItem.question" if "questionItem" in raw[step.item] else ",questionItem"
    return {"updateItem": {"item": item, "location": where, "updateMask": mask}}


def _body(item: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"itemId": item["id"], "title": item["title"], "description": item["description"]}
    if "section" in item:
        return {**body, "pageBreakItem": {}}
    kinds = {kind: _without_keys(content) for kind, content in item["question"].items()}
    question = {"questionId": question_id(str(item["id"])), "required": item["required"], **kinds}
    return {**body, "questionItem": {"question": question}}


def _without_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_keys(part) for name, part in value.items() if name != "key"}
    return [_without_keys(part) for part in value] if isinstance(value, tuple) else value
