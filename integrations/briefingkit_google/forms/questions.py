"""The questions of a form in a language, in the canonical form in which they are read back too.

An item is {key, title, description} and what it is: a `section`, or a `question` in Google's own shape with what has
its default value left out, and with the key of each option that is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from unicodedata import combining, normalize

from briefingkit.model import Consent, ShownIf
from briefingkit.model.question import OTHER
from briefingkit.publish import Value
from briefingkit.registrations.form import FieldType, FormField
from briefingkit.registrations.labels import Label, Said, words
from briefingkit.text.phrases import msgid
from briefingkit_google.forms.routing import SUBMIT, Asked
from briefingkit_google.forms.wording import Wording, distinct, line, lines

__all__ = [
    "AGREED",
    "CONSENT",
    "SEND",
    "consent_item",
    "described",
    "option_labels",
    "question_item",
    "section_item",
    "send_item",
    "single_choice",
]

AGREED: Final = "agreed"
"""The key of the option by which one consents."""

CONSENT: Final = "consent."
"""Stands before the key of what is consented to: another consent is another question."""
SEND: Final = "form.send"
"""The key of the question that only ends a branch."""

_BY_NAME: Final = ("country", "timezone")
_LONG_LIST: Final = 10
_YES_NO: Final = {"yes": Said(msgid("Yes")), "no": Said(msgid("No"))}


def section_item(key: str, title: str, description: str = "") -> Mapping[str, Value]:
    """Make an item that begins a page."""
    return {"key": key, "title": title, "description": description, "section": True}


def question_item(asked: Asked, wording: Wording, prefix: str) -> Mapping[str, Value]:
    """Make the item of a question; `prefix` goes before keys."""
    field = asked.field
    wording.titles[field.key] = wording.title(field.label, field.key)
    about = [wording.about(field.help, f"{field.key}, its description"), wording.mark(field.label)]
    if asked.hint is not None:
        about.insert(0, _hint(asked.hint, wording))
    return {
        "key": f"{prefix}{field.key}",
        "title": wording.titles[field.key],
        "description": described(about),
        "required": asked.required,
        "question": _question(asked, wording, prefix),
    }


def consent_item(consent: Consent, wording: Wording, prefix: str, *, submits: bool) -> Mapping[str, Value]:
    """Make the item by which one consents: one option, required."""
    about = [wording.about(consent.purpose, "consent, its purpose"), wording.mark(consent.text)]
    agreed = {AGREED: wording.phrase("I agree")}
    return {
        "key": f"{prefix}{CONSENT}{consent.key}",
        "title": wording.title(consent.text, "consent"),
        "description": described(about),
        "required": True,
        "question": single_choice(agreed, dict.fromkeys(agreed, SUBMIT) if submits else {}),
    }


def send_item(wording: Wording, prefix: str) -> Mapping[str, Value]:
    """Make what ends a branch where nothing is consented to: a page break cannot say that the form ends there."""
    yes = {"yes": wording.phrase("Yes")}
    return {
        "key": f"{prefix}{SEND}",
        "title": wording.phrase("Register"),
        "description": "",
        "required": True,
        "question": single_choice(yes, dict.fromkeys(yes, SUBMIT)),
    }


def single_choice(options: Mapping[str, str], leads: Mapping[str, str]) -> Mapping[str, Value]:
    """Make a question of which one option is chosen: texts by key, and the sections that they lead to."""
    return {"choiceQuestion": {"type": "RADIO", "options": tuple(_options(options, leads))}}


def option_labels(field: FormField, language: str) -> Mapping[str, str]:
    """Give the text of each option, by key, as it is displayed in a language."""
    labels: Mapping[str, Label] = (
        _YES_NO
        if field.type is FieldType.YES_NO
        else {option.key: option.label for option in field.options if option.key != OTHER}
    )
    shown = distinct(line(words(label, language)) or key for key, label in labels.items())
    texts = zip(labels, shown, strict=True)
    return dict(sorted(texts, key=_as_sorted) if field.key in _BY_NAME else texts)


def _as_sorted(option: tuple[str, str]) -> str:
    """Sort by name, and letters with accents among those without."""
    return "".join(each for each in normalize("NFKD", option[1]).casefold() if not combining(each))


def _options(texts: Mapping[str, str], leads: Mapping[str, str]) -> Iterator[Value]:
    for key, text in texts.items():
        option: dict[str, Value] = {"key": key, "value": text}
        if leads.get(key) == SUBMIT:
            option["goToAction"] = "SUBMIT_FORM"
        elif key in leads:
            option["goToSectionId"] = leads[key]
        yield option


def _hint(hint: ShownIf, wording: Wording) -> str:
    answers = wording.options.get(hint.question, {})
    said = ", ".join(answers.get(one, one) for one in hint.answers)
    asked = wording.titles.get(hint.question, hint.question)
    return wording.phrase("Only if your answer to “{question}” is: {answer}", question=asked, answer=said)


def _question(asked: Asked, wording: Wording, prefix: str) -> Mapping[str, Value]:
    field = asked.field
    match field.type:
        case FieldType.CHOICE | FieldType.CHOICES | FieldType.YES_NO:
            return {"choiceQuestion": _choice(asked, wording, prefix)}
        case FieldType.SCALE:
            return {"scaleQuestion": _scale(field, wording)}
        case FieldType.RATING:
            return {"ratingQuestion": {"iconType": "STAR", "ratingScaleLevel": field.most or 5}}
        case FieldType.DATE:
            return {"dateQuestion": {"includeYear": True}}
        case FieldType.TIME:
            return {"timeQuestion": {}}
        case FieldType.PARAGRAPH:
            return {"textQuestion": {"paragraph": True}}
    return {"textQuestion": {}}


def _choice(asked: Asked, wording: Wording, prefix: str) -> Mapping[str, Value]:
    field = asked.field
    for option in field.options:
        wording.title(option.label, f"{field.key}, its option {option.key}")
    texts = option_labels(field, wording.language)
    wording.options[field.key] = {**texts, OTHER: wording.phrase("Other")}
    leads = {key: to if to == SUBMIT else f"#{prefix}{to[1:]}" for key, to in asked.leads.items()}
    options: Sequence[Value] = tuple(_options(texts, leads))
    other = OTHER in field.option_keys
    kind = "RADIO" if len(options) <= _LONG_LIST or other else "DROP_DOWN"
    return {
        "type": "CHECKBOX" if field.type is FieldType.CHOICES else kind,
        "options": (*options, *(({"key": OTHER, "isOther": True},) if other else ())),
    }


def _scale(field: FormField, wording: Wording) -> Mapping[str, Value]:
    low, high = field.least or 0, field.most or 5
    labels = {
        "lowLabel": wording.about(field.least_label, f"{field.key}, its least"),
        "highLabel": wording.about(field.most_label, f"{field.key}, its most"),
    }
    shown = {name: line(text) for name, text in labels.items() if line(text)}
    return {**({"low": low} if low else {}), "high": high, **shown}


def described(texts: Sequence[str]) -> str:
    """Put texts under each other, without those that are empty."""
    return lines("\n".join(text for text in texts if text))
