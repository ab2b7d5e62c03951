"""Answers to a form: what is wrong with them, all at once and in the registrant's language, and their one spelling.

What people cannot see is taken out of what they typed (controls, direction overrides, zero-width spaces, halves of
surrogate pairs): they did not mean it, and could not mend it. What is too long is refused before anything else looks at
it. An answer of the wrong kind, such as a list where text is asked for, is refused and never turned into text.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email
from briefingkit.model.pattern import pattern_of
from briefingkit.model.registration import RegistrationField
from briefingkit.registrations.form import FieldType, Form, FormField
from briefingkit.registrations.person import normalised_email
from briefingkit.text.bidi import unify_line_ends
from briefingkit.text.dates import format_date
from briefingkit.text.phrases import msgid, phrase
from briefingkit.text.zones import zone_names

if TYPE_CHECKING:
    from briefingkit.registrations.response import Answer

__all__ = ["Problem", "normalized", "problems", "review"]

_LONGEST = 20_000  # characters of anything at all: what is longer is not even cleaned
_MOST_CHOSEN = 1000
_KEY_SHOWN = 80
# Tabs and line ends stay here and become spaces in a line. U+200C, U+200D and the marks U+200E, U+200F stay: Persian,
# Hindi and Hebrew need them. What goes: controls, embeddings, overrides and isolates, invisible spaces and operators,
# the soft hyphen, interlinear and tag characters, halves of surrogate pairs, noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
_WHOLE = re.compile(r"\d{1,2}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:00)?", re.ASCII)
_SAID = {"yes": True, "true": True, "no": False, "false": False}


@frozen
class Problem:
    """What is wrong with the answer under a key, in words for whoever gave it. The answer is not repeated."""

    key: str
    message: str


@frozen
class _Refused(Exception):
    msgid: str
    values: Mapping[str, object] = field(factory=dict)


def problems(
    form: Form, answers: Mapping[str, object], *, language: str, complete: bool = True
) -> tuple[Problem, ...]:
    """Tell everything that is wrong with answers, in the form's order; unknown keys come last.

    What is not shown to who answered so is neither missed nor looked at. With `complete=False` nothing is missed that
    is not there at all, as when one answer is changed. Raises TextError for a language tag that is none.
    """
    return _told(_read(form, answers, complete=complete)[1], language)


def review(
    form: Form, answers: Mapping[str, object], *, language: str
) -> "tuple[Mapping[str, Answer], tuple[Problem, ...]]":
    """Give what `normalized` and `problems` give of complete answers, and look at each answer once only.

    Raises TextError for a language tag that is none.
    """
    read, refused = _read(form, answers, complete=True)
    return read, _told(refused, language)


def normalized(form: Form, answers: Mapping[str, object]) -> "Mapping[str, Answer]":
    """Give the answers in their one spelling, in the form's order: None for one that is empty.

    Options stand in the form's order and once, numbers are numbers, texts are in NFC without spare spaces. Left out are
    unknown keys, what is not shown to who answered so, and what `problems` finds wrong.
    """
    return _read(form, answers, complete=False)[0]


def _told(refused: "list[tuple[str, _Refused]]", language: str) -> tuple[Problem, ...]:
    return tuple(Problem(key, _message(each, language)) for key, each in refused)


def _message(refused: _Refused, language: str) -> str:
    said = {
        name: format_date(v, language, weekday=False) if isinstance(v, date) else v
        for name, v in refused.values.items()
    }
    return phrase(refused.msgid, language, **said)


def _read(
    form: Form, answers: Mapping[str, object], *, complete: bool
) -> "tuple[dict[str, Answer], list[tuple[str, _Refused]]]":
    read: dict[str, Answer] = {}
    refused: list[tuple[str, _Refused]] = []
    for asked in form.fields:
        if not _is_shown(asked, read) or not (complete or asked.key in answers):
            continue
        try:
            answer = _answer(asked, answers.get(asked.key))
        except _Refused as error:
            refused.append((asked.key, error))
            continue
        if answer is None and asked.required:
            refused.append((asked.key, _Refused(msgid("This has to be answered"))))
        elif asked.key in answers:
            read[asked.key] = answer
    unknown = [key for key in answers if key not in form.by_key]
    refused += [(str(key)[:_KEY_SHOWN], _Refused(msgid("This is not asked here"))) for key in unknown]
    return read, refused


def _is_shown(asked: FormField, read: "Mapping[str, Answer]") -> bool:
    """Tell whether a field is asked of who gave these answers before it; what was not shown was not answered."""
    if asked.shown_if is None:
        return True
    given = read.get(asked.shown_if.question)
    said = given if isinstance(given, tuple) else (_as_said(given),)
    return any(one in asked.shown_if.answers for one in said)


def _as_said(answer: "Answer") -> str | None:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return None if answer is None else str(answer)


def _answer(asked: FormField, value: object) -> "Answer":
    """Read one answer; None for one that is empty."""
    if isinstance(value, list | tuple):
        return _several(asked, value)
    if isinstance(value, bool | int) and asked.type in {FieldType.YES_NO, FieldType.SCALE, FieldType.RATING}:
        return _boolean(value) if asked.type is FieldType.YES_NO else _number(asked, value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Refused(msgid("This has to be text"))
    limit = asked.longest or _LONGEST
    if len(value) > _LONGEST:
        raise _too_long(limit)
    text = _clean(value, lines=asked.type is FieldType.PARAGRAPH)
    if len(text) > limit:
        raise _too_long(limit)
    if not text:
        return None
    if asked.type is FieldType.CHOICES:
        return _several(asked, (text,))
    return _one(asked, text)


def _too_long(limit: int) -> _Refused:
    return _Refused(msgid("This is too long; the limit in characters is {count}"), {"count": limit})


def _clean(text: str, *, lines: bool) -> str:
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", unify_line_ends(text)))
    if not lines:
        return " ".join(text.split())
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _one(asked: FormField, text: str) -> "Answer":
    match asked.type:
        case FieldType.EMAIL:
            return _email(text)
        case FieldType.CHOICE:
            return _choice(asked, text)
        case FieldType.SCALE | FieldType.RATING:
            return _number(asked, int(text) if _WHOLE.fullmatch(text) else None)
        case FieldType.DATE:
            return _day(asked, text)
        case FieldType.TIME:
            return _clock(text)
        case FieldType.YES_NO:
            return _boolean(_SAID.get(text))
    if asked.pattern is not None and not pattern_of(asked.pattern).matches(text):
        raise _Refused(msgid("This is not in the form that is asked for"))
    return text


def _email(text: str) -> str:
    try:
        check_email(None, RegistrationField, text)
        known = normalised_email(text) is not None
    except (ModelError, AttributeError):
        known = False
    if not known:
        raise _Refused(msgid("This is no e-mail address such as {example}"), {"example": "name@example.org"})
    return text


def _choice(asked: FormField, text: str) -> str:
    # A browser may name a zone by an older name than the ones that are offered (Asia/Calcutta, US/Eastern).
    if text in asked.option_keys or (asked.key == RegistrationField.TIMEZONE and text in zone_names()):
        return text
    raise _Refused(msgid("Choose one of the answers that are offered"))


def _several(asked: FormField, values: "list[object] | tuple[object, ...]") -> tuple[str, ...] | None:
    if asked.type is not FieldType.CHOICES:
        raise _Refused(msgid("Choose one answer only") if asked.options else msgid("This has to be text"))
    chosen = {value for value in values[:_MOST_CHOSEN] if isinstance(value, str) and value}
    wrong = len(values) > _MOST_CHOSEN or any(not isinstance(value, str) for value in values)
    if wrong or not chosen <= set(asked.option_keys):
        raise _Refused(msgid("Choose one of the answers that are offered"))
    if not chosen:
        return None
    if asked.least is not None and len(chosen) < asked.least:
        raise _Refused(msgid("Too few are chosen; the least is {count}"), {"count": asked.least})
    if asked.most is not None and len(chosen) > asked.most:
        raise _Refused(msgid("Too many are chosen; the most is {count}"), {"count": asked.most})
    return tuple(key for key in asked.option_keys if key in chosen)


def _number(asked: FormField, value: int | None) -> int:
    least, most = asked.least or 0, asked.most or 0
    if value is None or isinstance(value, bool) or not least <= value <= most:
        raise _Refused(msgid("Choose a number from {least} to {most}"), {"least": least, "most": most})
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Refused(msgid("Answer yes or no"))
    return value


def _day(asked: FormField, text: str) -> str:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        form = msgid("Write the day as year, month and day, such as {example}")
        raise _Refused(form, {"example": "2022-04-13"})
    if asked.earliest is not None and day < asked.earliest:
        raise _Refused(msgid("The earliest day possible here is {day}"), {"day": asked.earliest})
    if asked.latest is not None and day > asked.latest:
        raise _Refused(msgid("The latest day possible here is {day}"), {"day": asked.latest})
    return text


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        form = msgid("Write the time of day as hours and minutes, such as {example}")
        raise _Refused(form, {"example": "15:00"})
    return time.fromisoformat(text).isoformat("minutes")  # some browsers and spreadsheets add the seconds
