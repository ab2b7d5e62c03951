"""From what a person fills in to what the API says she answered.

Source: the description of TextAnswer.value in the discovery document: a choice is the text of its option, a scale its
number, a date `YYYY-MM-DD` or `MM-DD` and perhaps a time after it, a time `HH:MM`. Our reading: a rating is its number
too, a question left out has no answer at all, and what is on a section that is not reached is neither needed nor sent.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from briefingkit.testing.google.forms.world import Item, questions_of

__all__ = ["answers_of"]

_END = "SUBMIT_FORM"


def answers_of(items: list[Item], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answers by question id. `given` is by title or id of a question or item; a grid has a mapping by row.

    Raises ValueError where the form would not take it: an unknown question or option, a question that needs an answer.
    """
    left = dict(given)
    said: dict[str, Any] = {}
    for item in _reached(items, given):
        for question, value in _filled(item, left):
            texts = [] if value is None else _texts(item, question, value)
            if not texts and question.get("required"):
                raise ValueError(f"the form wants an answer to {item.get('title')!r}")
            if texts:
                name = question["questionId"]
                answers = [{"value": text} for text in texts]
                said[name] = {"questionId": name, "textAnswers": {"answers": answers}}
    if left:
        raise ValueError(f"the form does not ask, or not on this way through it: {sorted(left)}")
    return said


def _filled(item: Item, left: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    questions = questions_of(item)
    names = [name for name in (item.get("title"), item["itemId"]) if name in left]
    if "questionGroupItem" in item:
        rows = dict(left.pop(names[0])) if names else {}
        for question in questions:
            title = question["rowQuestion"]["title"]
            yield question, rows.pop(title, left.pop(question["questionId"], None))
        if rows:
            raise ValueError(f"{item.get('title')!r} has no rows {sorted(rows)}")
        return
    for question in questions:
        key = names[0] if names else question["questionId"]
        yield question, left.pop(key, None)


def _reached(items: list[Item], given: Mapping[str, Any]) -> list[Item]:
    """Give the items of the sections that one comes to, by the options that one chooses."""
    starts = [0, *(place for place, item in enumerate(items) if "pageBreakItem" in item)]
    ends = [*starts[1:], len(items)]
    reached: list[Item] = []
    section, visited = 0, set()
    while section < len(starts):
        if section in visited:
            raise ValueError("this way through the form goes round in a circle")
        visited.add(section)
        on = items[starts[section] : ends[section]]
        reached += on
        goes = [step for step in (_leads(item, given) for item in on) if step is not None]
        if not goes or goes[-1] == "NEXT_SECTION":
            section += 1
        elif goes[-1] == _END:
            break
        elif goes[-1] == "RESTART_FORM":
            raise ValueError("this way through the form begins again")
        else:
            names = [items[start]["itemId"] if start else "" for start in starts]
            section = names.index(goes[-1])
    return reached


def _leads(item: Item, given: Mapping[str, Any]) -> str | None:
    """Say where the option leads that was chosen here."""
    for question in questions_of(item):
        names = (item.get("title", ""), item["itemId"], question["questionId"])
        chosen = next((given[name] for name in names if name in given), None)
        for option in question.get("choiceQuestion", {}).get("options", ()):
            if option.get("value") == chosen and chosen is not None:
                leads: str | None = option.get("goToSectionId") or option.get("goToAction")
                return leads
    return None


def _texts(item: Item, question: Mapping[str, Any], value: Any) -> list[str]:
    if "choiceQuestion" in question:
        return _chosen(question["choiceQuestion"], value)
    if "rowQuestion" in question:
        return _chosen(item["questionGroupItem"]["grid"]["columns"], value)
    if "scaleQuestion" in question:
        scale = question["scaleQuestion"]
        return [_number(value, scale.get("low", 0), scale["high"])]
    if "ratingQuestion" in question:
        return [_number(value, 1, question["ratingQuestion"]["ratingScaleLevel"])]
    if "dateQuestion" in question:
        return [_date(question["dateQuestion"], value)]
    if "timeQuestion" in question:
        return [_time(question["timeQuestion"], value)]
    if not isinstance(value, str):
        raise ValueError(f"{item.get('title')!r} wants a text")  # noqa: TRY004 - what a form does not take is one error
    return [value] if value else []


def _chosen(choice: Mapping[str, Any], value: Any) -> list[str]:
    chosen = [value] if isinstance(value, str) else list(value)
    if len(chosen) > 1 and choice["type"] != "CHECKBOX":
        raise ValueError("one option is to be chosen")
    options = [option.get("value") for option in choice["options"]]
    other = any(option.get("isOther") for option in choice["options"])
    for text in chosen:
        if text not in options and not other:
            raise ValueError(f"there is no option {text!r}")
    known = [text for text in options if text in chosen]
    return known + [text for text in chosen if text not in options]


def _number(value: Any, low: int, high: int) -> str:
    if not low <= int(value) <= high:
        raise ValueError(f"{value} is not from {low} to {high}")
    return str(int(value))


def _date(question: Mapping[str, Any], value: date | str) -> str:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    day = f"{value:%Y-%m-%d}" if question.get("includeYear") else f"{value:%m-%d}"
    if not question.get("includeTime"):
        return day
    if not isinstance(value, datetime):
        raise ValueError("the question wants a time as well")  # noqa: TRY004 - as above
    return f"{day} {value:%H:%M}"


def _time(question: Mapping[str, Any], value: time | timedelta | str) -> str:
    if isinstance(value, str):
        value = time.fromisoformat(value)
    if isinstance(value, timedelta):
        if not question.get("duration"):
            raise ValueError("the question wants a time of day")
        hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
        return f"{hours:02d}:{minutes:02d}"
    return f"{value:%H:%M}"
