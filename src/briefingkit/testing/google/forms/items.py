"""What an item of a form may be, and what the server makes of it.

Sources: the descriptions of Item, Question and their parts in the discovery document. Seen in public reports:
"Displayed text cannot contain newlines", "Cannot set option.value when isOther is true", ids of eight hexadecimal
digits. The bounds of scales and ratings are those of Apps Script
(developers.google.com/apps-script/reference/forms/scale-item and …/rating-item). Our reading: options of a question
differ, one "other" at most, a section is there before an option leads to it, points are for quizzes. The texts of the
other refusals are ours.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from briefingkit.testing.google.forms.masks import ITEM_KINDS, QUESTION_KINDS
from briefingkit.testing.google.forms.world import FormsWorld, Item, questions_of
from briefingkit.testing.google.refusal import Refusal

__all__ = ["bad", "check_line", "finish_item", "tidy"]

_NAME = re.compile(r"[0-7][0-9a-f]{7}\Z")
_WIDEST = 740
_SCALE = (2, 10)
_RATING = (3, 10)
_YOUTUBE = {"www.youtube.com", "youtube.com", "youtu.be", "m.youtube.com"}


def bad(message: str) -> Refusal:
    """Refuse what a request wants."""
    return Refusal(400, "badRequest", message)


def check_line(text: str) -> None:
    """Raise a Refusal for a text that is shown on one line and has several."""
    if "\n" in text or "\r" in text:
        raise bad("Displayed text cannot contain newlines")


def finish_item(
    world: FormsWorld, item: Item, others: list[Item], *, quiz: bool, old: Item | None = None
) -> Item:
    """Check an item beside the others of the form, and give it what the server gives: ids, and addresses of images.

    `old` is what it was before an update. Raises a Refusal, 400.
    """
    item = deepcopy(item)
    check_line(item.get("title", ""))
    kinds = [name for name in ITEM_KINDS if name in item]
    if len(kinds) != 1:
        raise bad("An item is of one kind.")
    _check_kind(item, kinds[0], others, quiz=quiz, old=old)
    taken = {name for each in others for name in _names(each)}
    for holder, field in [(item, "itemId"), *((each, "questionId") for each in questions_of(item))]:
        name = holder.get(field)
        if name and (name in taken or _NAME.match(name) is None):
            raise bad(f"The {field} {name!r} is already used in the form, or is not an id.")
        while not name or name in taken:
            name = world.name(field, 8)
        holder[field] = name
        taken.add(name)
    tidied: Item = tidy(item)
    return tidied


def _names(item: Item) -> list[str]:
    return [item["itemId"], *(question["questionId"] for question in questions_of(item))]


def _check_kind(item: Item, kind: str, others: list[Item], *, quiz: bool, old: Item | None) -> None:
    content = item[kind]
    if kind == "questionItem":
        if "question" not in content:
            raise bad("A question item needs a question.")
        _check_question(content["question"], others, quiz=quiz, old=old)
    if kind == "questionGroupItem":
        _check_group(content, quiz=quiz)
    if kind == "videoItem":
        _check_video(content)
    if kind == "imageItem" and "image" not in content:
        raise bad("An image item needs an image.")
    for image in _images(item):
        _finish_image(image)


def _check_question(question: dict[str, Any], others: list[Item], *, quiz: bool, old: Item | None) -> None:
    kind = _kind_of(question)
    if kind == "rowQuestion":
        raise bad("A row question belongs into a question group.")
    if kind == "fileUploadQuestion" and not _was_upload(old):
        raise bad("The API does not support creating file upload questions.")
    if kind == "choiceQuestion":
        _check_choices(question[kind], others)
    if kind == "scaleQuestion":
        _check_scale(question[kind])
    if kind == "ratingQuestion":
        _check_rating(question[kind])
    _check_grading(question, quiz=quiz)


def _kind_of(question: Mapping[str, Any]) -> str:
    kinds = [name for name in QUESTION_KINDS if name in question]
    if len(kinds) != 1:
        raise bad("A question is of one kind.")
    return kinds[0]


def _was_upload(old: Item | None) -> bool:
    return old is not None and any("fileUploadQuestion" in each for each in questions_of(old))


def _check_choices(choice: dict[str, Any], others: list[Item]) -> None:
    kind = choice.get("type", "CHOICE_TYPE_UNSPECIFIED")
    if kind == "CHOICE_TYPE_UNSPECIFIED":
        raise bad("A choice question needs a type.")
    options = choice.get("options") or []
    if not options:
        raise bad("A choice question needs options.")
    if sum(bool(option.get("isOther")) for option in options) > 1:
        raise bad("A question has one option that is other at most.")
    values = [option["value"] for option in options if option.get("value")]
    if len(values) != len(set(values)):
        raise bad("Options of a question differ.")
    sections = {each["itemId"] for each in others if "pageBreakItem" in each}
    for option in options:
        _check_option(option, kind, sections)


def _check_option(option: dict[str, Any], kind: str, sections: set[str]) -> None:
    if option.get("isOther"):
        if option.get("value"):
            raise bad("Cannot set option.value when isOther is true")
        if kind == "DROP_DOWN":
            raise bad("A drop-down has no option that is other.")
    elif not option.get("value"):
        raise bad("An option needs a value.")
    check_line(option.get("value", ""))
    action, section = option.get("goToAction"), option.get("goToSectionId")
    if action is None and section is None:
        return
    if action is not None and section is not None:
        raise bad("An option goes to one place.")
    if kind == "CHECKBOX":
        raise bad("Only options of which one is chosen lead to a section.")
    if action == "GO_TO_ACTION_UNSPECIFIED" or (section is not None and section not in sections):
        raise bad(f"There is no section {section!r} to go to.")


def _check_scale(scale: dict[str, Any]) -> None:
    low, high = scale.get("low", 0), scale.get("high", 0)
    if low not in {0, 1} or not _SCALE[0] <= high <= _SCALE[1]:
        raise bad(f"A scale goes from 0 or 1 to {_SCALE[0]} to {_SCALE[1]}.")
    for label in ("lowLabel", "highLabel"):
        check_line(scale.get(label, ""))


def _check_rating(rating: dict[str, Any]) -> None:
    if rating.get("iconType", "RATING_ICON_TYPE_UNSPECIFIED") == "RATING_ICON_TYPE_UNSPECIFIED":
        raise bad("A rating needs an icon.")
    if not _RATING[0] <= rating.get("ratingScaleLevel", 0) <= _RATING[1]:
        raise bad(f"A rating has {_RATING[0]} to {_RATING[1]} levels.")


def _check_grading(question: dict[str, Any], *, quiz: bool) -> None:
    if "grading" not in question:
        return
    if not quiz:
        raise bad("Only questions of a quiz are graded.")
    if question["grading"].get("pointValue", 0) < 0:
        raise bad("Points are not negative.")


def _check_group(group: dict[str, Any], *, quiz: bool) -> None:
    if "grid" not in group or "columns" not in group["grid"]:
        raise bad("A question group is a grid with columns.")
    columns = group["grid"]["columns"]
    if columns.get("type") not in {"RADIO", "CHECKBOX"}:
        raise bad("The columns of a grid are radio buttons or check boxes.")
    _check_choices(columns, [])
    if any(option.get("isOther") or option.get("goToAction") for option in columns["options"]):
        raise bad("Options of a grid are not other and lead nowhere.")
    if not group.get("questions"):
        raise bad("A question group needs questions.")
    for question in group["questions"]:
        if _kind_of(question) != "rowQuestion":
            raise bad("All questions of a grid are rows.")
        if not question["rowQuestion"].get("title"):
            raise bad("A row needs a title.")
        check_line(question["rowQuestion"]["title"])
        _check_grading(question, quiz=quiz)


def _check_video(item: dict[str, Any]) -> None:
    video = item.get("video", {})
    if urlsplit(video.get("youtubeUri", "")).hostname not in _YOUTUBE:
        raise bad("A video needs the address of one at YouTube.")
    _check_width(video)


def _images(item: Item) -> list[dict[str, Any]]:
    found = [item.get(kind, {}).get("image") for kind in ("imageItem", "questionItem", "questionGroupItem")]
    choices = [each.get("choiceQuestion", {}) for each in questions_of(item)]
    found += [option.get("image") for choice in choices for option in choice.get("options", ())]
    return [image for image in found if image is not None]


def _finish_image(image: dict[str, Any]) -> None:
    """Fetch an image, so to say: its source is written and never read back, what is read is an address that ends."""
    source = image.pop("sourceUri", "")
    if source:
        if urlsplit(source).scheme not in {"http", "https"}:
            raise bad(
                "There was a problem retrieving the image. The provided image should be publicly accessible."
            )
        image["contentUri"] = (
            f"https://lh3.googleusercontent.com/double/{sha256(source.encode()).hexdigest()}"
        )
    elif "contentUri" not in image:
        raise bad("An image needs a source.")
    _check_width(image)


def _check_width(media: dict[str, Any]) -> None:
    if not 0 <= media.get("properties", {}).get("width", 0) <= _WIDEST:
        raise bad(f"Width must be between 0 and {_WIDEST}, inclusive.")


def tidy(value: Any) -> Any:
    """Leave out what has its default value: false, zero and empty texts are not in the JSON of protocol buffers.

    Source: protobuf.dev/programming-guides/json, "Presence and default-values".
    """
    if isinstance(value, dict):
        whole = {name: tidy(item) for name, item in value.items()}
        return {name: item for name, item in whole.items() if item not in (False, "") and item != []}
    return [tidy(item) for item in value] if isinstance(value, list) else value
