"""The form as a template shows it, and what a browser sends as answers.

Every condition is also said in words, so that a form makes sense where nothing can be hidden. Where a browser knows
`:has()`, what is not asked of who answered so is hidden by style alone; no script is needed for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from briefingkit.model import RegistrationField
from briefingkit.registrations.form import SEGMENTS, FieldType, Form, FormField
from briefingkit.text.phrases import msgid, phrase
from briefingkit_web.menus import Menu, Menus
from briefingkit_web.words import Words, label_words, said

__all__ = ["Shown", "ShownOption", "answers_of", "conditions", "shown_fields"]

_FEW = 7  # options that are all seen at once; more are a list to choose from
# What a browser may fill in by itself (HTML, "Autofill"; WCAG 2.2 success criterion 1.3.5).
_AUTOFILL = {
    "name": "name",
    "email": "email",
    "organization": "organization",
    "position": "organization-title",
    "country": "country",
    "language": "language",
}
_INPUTS = {
    FieldType.TEXT: "text",
    FieldType.EMAIL: "email",
    FieldType.PARAGRAPH: "textarea",
    FieldType.CHOICES: "checkbox",
    FieldType.SCALE: "radio",
    FieldType.RATING: "radio",
    FieldType.YES_NO: "radio",
    FieldType.DATE: "date",
    FieldType.TIME: "time",
}


@frozen
class ShownOption:
    """An option as it is shown. `full`: who chooses it waits for a place; `closed`: nobody can choose it any more."""

    id: str
    value: str
    label: Words
    chosen: bool = False
    full: bool = False
    closed: bool = False


@frozen
class Shown:
    """A field as it is shown, with what was typed and what is wrong with it."""

    id: str
    key: str
    input: str
    label: Words
    required: bool
    help: Words | None = None
    condition: Words | None = None
    options: tuple[ShownOption, ...] = field(default=(), repr=False)
    menu: Menu | None = field(default=None, repr=False)
    ends: tuple[Words, Words] | None = None
    value: str = field(default="", repr=False)
    autofill: str | None = None
    error: str | None = None
    conditional: bool = False

    @property
    def target(self) -> str:
        """The id that a message about it leads to: where it is answered."""
        return (
            next((each.id for each in self.options if not each.closed), self.id) if self.grouped else self.id
        )

    @property
    def grouped(self) -> bool:
        """Whether it is several controls under one heading."""
        return self.input in {"radio", "checkbox"}

    @property
    def of_languages(self) -> bool:
        """Whether its options are languages, whose names many languages write with a small letter."""
        return self.key in {RegistrationField.LANGUAGE, RegistrationField.INTERPRETATION}

    @property
    def described_by(self) -> str | None:
        """The ids of what is to be read with it."""
        parts = [("help", self.help), ("condition", self.condition), ("error", self.error)]
        return " ".join(f"{self.id}-{name}" for name, there in parts if there) or None


def shown_fields(
    form: Form,
    language: str,
    given: Mapping[str, Any],
    menus: Menus,
    *,
    errors: Mapping[str, str] | None = None,
    full: frozenset[str] = frozenset(),
    waitlist: bool = False,
) -> tuple[Shown, ...]:
    """Show a form's fields. `given` are answers as they were typed or are held; `errors` stand under their keys.

    `menus` are of this very list of fields: the ids of its options count them.
    """
    wrong = errors or {}
    ids = {each.key: f"f{index}" for index, each in enumerate(form.fields)}
    made = []
    for asked in form.fields:
        kind = _input(asked)
        value = given.get(asked.key)
        crowded = full if asked.key == SEGMENTS else frozenset[str]()
        name, listed = ids[asked.key], kind == "select"
        made.append(
            Shown(
                name,
                asked.key,
                kind,
                label_words(asked.label, language),
                asked.required,
                help=label_words(asked.help, language) if asked.help is not None else None,
                condition=_condition(asked, form, language),
                options=() if listed else _options(asked, name, language, value, crowded, waitlist=waitlist),
                menu=menus.menu(asked, name, language, _text(value)) if listed else None,
                ends=_ends(asked, language),
                value=_text(value),
                autofill=_AUTOFILL.get(asked.key),
                error=wrong.get(asked.key),
                conditional=asked.shown_if is not None,
            )
        )
    return tuple(made)


def conditions(form: Form, shown: Sequence[Shown]) -> str:
    """Write the style rules that show a field to those of whom it is asked; ids alone stand in them."""
    by_key = {each.key: each for each in shown}
    rules = []
    for asked in form.fields:
        if asked.shown_if is None or asked.key not in by_key or asked.shown_if.question not in by_key:
            continue
        asking = by_key[asked.shown_if.question]
        ids = asking.menu.ids if asking.menu else {each.value: each.id for each in asking.options}
        chosen = [name for key, name in ids.items() if key in asked.shown_if.answers]
        rules += [
            f"form:has(#{each}:checked) #{by_key[asked.key].id}-row{{display:block}}" for each in chosen
        ]
    return "".join(rules)


def answers_of(form: Form, posted: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Take the answers out of what a browser sent: every field of the form, and whatever else has a name of no control.

    What stands there twice and should not is left as a list, which no field of one answer takes.
    """
    answers: dict[str, object] = {}
    for asked in form.fields:
        values = posted.get(asked.key, ())
        if asked.type is FieldType.CHOICES:
            answers[asked.key] = tuple(value for value in values if value)
        elif len(values) > 1:
            answers[asked.key] = tuple(values)
        else:
            answers[asked.key] = values[0] if values else None
    for name, values in posted.items():
        if name not in answers and not name.startswith("_") and name != "consent":
            answers[name] = tuple(values)
    return answers


def _input(asked: FormField) -> str:
    if asked.type is FieldType.CHOICE:
        return "select" if len(asked.options) > _FEW else "radio"
    return _INPUTS[asked.type]


def _options(
    asked: FormField,
    name: str,
    language: str,
    value: object,
    full: frozenset[str],
    *,
    waitlist: bool,
) -> tuple[ShownOption, ...]:
    said_so = {_text(each) for each in value} if isinstance(value, tuple | list) else {_text(value)} - {""}
    pairs = _pairs(asked, language)
    if _input(asked) == "radio" and not asked.required:
        pairs.append(("", said(msgid("No answer"), language)))
        said_so = said_so or {""}
    options = (
        ShownOption(
            f"{name}-o{index}",
            key,
            label,
            key in said_so,
            key in full,
            key in full and not waitlist and key not in said_so,
        )
        for index, (key, label) in enumerate(pairs)
    )
    return tuple(options)


def _pairs(asked: FormField, language: str) -> list[tuple[str, Words]]:
    if asked.type is FieldType.YES_NO:
        return [("yes", said(msgid("Yes"), language)), ("no", said(msgid("No"), language))]
    if asked.type in {FieldType.SCALE, FieldType.RATING}:
        return [
            (str(number), Words(str(number))) for number in range(asked.least or 0, (asked.most or 0) + 1)
        ]
    return [(option.key, label_words(option.label, language)) for option in asked.options]


def _ends(asked: FormField, language: str) -> tuple[Words, Words] | None:
    if asked.least_label is None and asked.most_label is None:
        return None
    low, high = (
        label_words(each, language) if each else Words("") for each in (asked.least_label, asked.most_label)
    )
    return low, high


def _condition(asked: FormField, form: Form, language: str) -> Words | None:
    """Say of whom a field is asked; what is written beside "other" says it by itself."""
    if asked.shown_if is None or asked.key.endswith(".other"):
        return None
    asking = form.by_key.get(asked.shown_if.question)
    if asking is None:
        return None
    names = [label.text for key, label in _pairs(asking, language) if key in asked.shown_if.answers]
    question = label_words(asking.label, language).text
    shape = msgid("Only for those who answer “{question}” with: {answers}")
    return Words(phrase(shape, language, question=question, answers=" / ".join(names)))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, tuple | list):
        return ""
    return str(value)
