"""JSON Schema (draft 2020-12) of the two files, derived from the classes that read them.

An editor that knows the schema completes and underlines while somebody writes. It says what has the wrong shape; what
hangs together (a key that names nothing, an end before its start) is for `check`. Numbers and booleans may also stand
as text, for that is how the files are read.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from briefingkit.model import Audience, Briefing, Channel, FromTarget, Interpretation, Offset, Online, Person
from briefingkit.model.keys import KEY_LENGTH, KEY_PATTERN, check_key
from briefingkit.model.structure import FORMAT, file_names, is_plain_class
from briefingkit.source import project_file
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit.text.fallback import Fallback

__all__ = ["json_schema", "project_schema"]

Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TAG = "^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$"
_DATE = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{2}:\d{2}(:\d{2})?"
_DURATION = r"(?=\d)(\d{1,6}w)?(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m)?"
_LANGUAGES = frozenset(("languages", "language", "floor", "captions", "sign"))
_FILLED = r"[^\s]"
_URL = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\\]+$"


def json_schema() -> Schema:
    """Give the schema of `briefing.yaml`."""
    maker = _Maker()
    schema = maker.fields(Briefing)
    schema["properties"] = {"format": _version(), **schema["properties"], "duration": _pattern(_DURATION)}
    schema["properties"]["duration"]["description"] = "How long it lasts, in place of `end`: 1h, 1h30m, 2d."
    schema["not"] = {"required": ["end", "duration"], "properties": {"end": _GIVEN, "duration": _GIVEN}}
    schema["if"] = {"required": ["status"], "properties": {"status": {"enum": list(_firm())}}}
    schema["then"] = {
        "required": ["title", "start", "timezone"],
        "properties": dict.fromkeys(("title", "start", "timezone"), _GIVEN),
        "anyOf": [{"required": [end], "properties": {end: _GIVEN}} for end in ("end", "duration")],
    }
    return _headed("briefing", "A briefing, as briefing.yaml holds it.", schema, maker)


def project_schema() -> Schema:
    """Give the schema of `briefingkit.yaml`; what an integration is told stays open, for that is its own."""
    maker = _Maker()
    schema = maker.fields(project_file.Head)
    schema["properties"]["format"] = _version()
    entries = schema["properties"]["briefings"]
    schema["properties"]["briefings"] = {"anyOf": [{"type": "string", "pattern": _FILLED}, entries]}
    target = maker.fields(project_file.TargetHead)
    word = {"enum": [word.value for word in Fallback]}
    by_language = {
        "type": "object",
        "propertyNames": {"pattern": _TAG},
        "additionalProperties": word,
    }
    target["properties"]["fallback"] = {
        "anyOf": [word, by_language, {"type": "null"}],
        "description": "What becomes of a text that is not there in a language; by language, with `default`.",
    }
    target["additionalProperties"] = True
    schema["properties"]["targets"] = {
        "description": "Where the briefings go: a name of yours, and below it the integration and its settings.",
        "type": ["object", "null"],
        "propertyNames": {"pattern": f"^{KEY_PATTERN}$", "maxLength": KEY_LENGTH},
        "additionalProperties": target,
    }
    schema["properties"]["mail"] = {**_mail(maker), "type": ["object", "null"]}
    return _headed("project", "A project, as briefingkit.yaml holds it.", schema, maker)


def _mail(maker: "_Maker") -> Schema:
    from briefingkit.source.mail_settings import MailHead, TransportHead

    mail = maker.fields(MailHead)
    transport = maker.fields(TransportHead)
    transport["additionalProperties"] = True
    mail["properties"]["transport"] = {**transport, "description": "What mail goes through."}
    mail["properties"]["workers"] = {
        **transport,
        "type": ["object", "null"],
        "description": "What brings the sending to several machines.",
    }
    receiver = {**transport, "required": [], "type": "object"}
    mail["properties"]["feedback"] = {
        "description": "What reads the calls of mail services, by the name in the address that each calls.",
        "type": ["object", "null"],
        "propertyNames": {"pattern": f"^{KEY_PATTERN}$", "maxLength": KEY_LENGTH},
        "additionalProperties": receiver,
    }
    mail["required"] = [*mail["required"], "transport"]
    return {**mail, "description": "How mail is sent."}


_GIVEN: Schema = {"not": {"type": "null"}}
_TEXT: Schema = {"type": "string"}


def _headed(name: str, title: str, schema: Schema, maker: "_Maker") -> Schema:
    head = {"$schema": _DRAFT, "$id": f"urn:briefingkit:schema:{name}:{FORMAT}", "title": title}
    return {**head, **schema, "$defs": dict(sorted(maker.definitions.items()))}


def _version() -> Schema:
    return {"enum": [FORMAT, str(FORMAT), None], "description": "The version of the form of this file."}


def _firm() -> tuple[str, ...]:
    from briefingkit.model import Status

    return tuple(status.value for status in Status if status is not Status.DRAFT)


class _Maker:
    """Goes along the classes; each that is met becomes a definition."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def fields(self, kind: type) -> Schema:
        """Describe a class by its fields."""
        names = file_names(kind)
        properties: dict[str, Schema] = {}
        required = []
        for field in attrs.fields(attrs.resolve_types(kind)):
            name = names.get(field.name, field.name)
            schema = _tagged(name, self.field(field))
            if field.default is attrs.NOTHING:
                required.append(name)
            else:
                schema = _or_null(schema)
            properties[name] = {"description": _words(kind, name), **schema}
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**schema, "required": required} if required else schema

    def field(self, field: Any) -> Schema:
        if field.validator is check_key:
            return {"type": "string", "pattern": f"^{KEY_PATTERN}$", "maxLength": KEY_LENGTH}
        return self.schema(field.type)

    def schema(self, kind: Any) -> Schema:
        """Describe any type of the model."""
        members = _members(kind)
        if len(members) > 1:
            return {"anyOf": [self.schema(member) for member in members]}
        kind = members[0]
        if kind in _LEAVES:
            return dict(_LEAVES[kind])
        if get_origin(kind) is tuple:
            return self.entries(get_args(kind)[0])
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return {"enum": [word.value for word in kind]}
        if is_plain_class(kind):
            if kind.__name__ not in self.definitions:
                self.definitions[kind.__name__] = {}  # a class that holds itself would not end
                self.definitions[kind.__name__] = self.definition(kind)
            return {"$ref": f"#/$defs/{kind.__name__}"}
        raise TypeError(f"no schema is known for {kind}")

    def entries(self, element: Any) -> Schema:
        if element is not Person:
            return {"type": "array", "items": self.schema(element)}
        person = self.fields(Person)
        person["required"].remove("key")
        self.definitions["Person"] = {"description": _summary(Person), **person}
        keys = {"pattern": f"^{KEY_PATTERN}$", "maxLength": KEY_LENGTH}
        return {"type": "object", "propertyNames": keys, "additionalProperties": {"$ref": "#/$defs/Person"}}

    def definition(self, kind: type) -> Schema:
        """Describe a class with its short forms."""
        whole = self.fields(kind)
        described = {"description": _summary(kind)}
        if kind is Channel:
            return {**described, "anyOf": [_LEAVES[str], whole]}
        if kind is Audience:
            return {**described, "anyOf": [self.schema(attrs.fields(Audience).group.type), whole]}
        if kind is Online:
            whole["properties"]["from"] = {
                **_TEXT,
                "description": "The target whose room it is, in place of `url`.",
            }
            whole["not"] = {"required": ["url", "from"], "properties": {"url": _GIVEN}}
        if kind is Interpretation:
            by_language = _by_language(
                {"anyOf": [_LEAVES[LocalizedUrl], _LEAVES[FromTarget], {"type": "null"}]}
            )
            whole["properties"]["into"] = {"anyOf": [whole["properties"]["into"], by_language]}
            return {**described, "anyOf": [{"type": "array", "items": _TEXT}, whole]}
        return {**described, **whole}


def _members(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) not in (Union, UnionType):
        return (kind,)
    return tuple(member for member in get_args(kind) if member is not NoneType)


def _or_null(schema: Schema) -> Schema:
    if "anyOf" in schema:
        return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def _tagged(name: str, schema: Schema) -> Schema:
    """Say of a field that holds languages what a tag looks like; that one exists, reading tells."""
    if name not in _LANGUAGES:
        return schema
    tag = {"type": "string", "pattern": _TAG}
    return {**schema, "items": tag} if schema.get("type") == "array" else tag


def _pattern(*alternatives: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{'|'.join(alternatives)})$"}


def _by_language(value: Schema) -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": _TAG},
        "additionalProperties": value,
    }


def _texts(description: str, pattern: str) -> Schema:
    one = {"type": "string", "pattern": pattern}
    blank = {"type": ["string", "null"], "pattern": r"^\s*$"}
    return {"description": description, "anyOf": [one, _by_language({"anyOf": [one, blank]})]}


def _words(kind: type, name: str) -> str:
    return (
        _DESCRIPTIONS.get(f"{kind.__name__.lstrip('_')}.{name}") or _DESCRIPTIONS.get(name) or _summary(kind)
    )


def _summary(kind: type) -> str:
    return (kind.__doc__ or kind.__name__).strip().partition("\n")[0]


_LEAVES: Mapping[Any, Schema] = {
    str: _TEXT,
    int: {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^[+-]?\d{1,15}$"}]},
    float: {
        "anyOf": [
            {"type": "number"},
            {"type": "string", "pattern": r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"},
        ]
    },
    bool: {"enum": [True, False, "true", "false"]},
    datetime: _pattern(f"{_DATE}[T ]{_CLOCK}"),
    date: _pattern(_DATE),
    time: _pattern(r"\d{1,2}:\d{2}(:\d{2})?"),
    timedelta: _pattern(_DURATION),
    Offset: _pattern(rf"(start|end)?[+-]{_DURATION}"),
    MultilingualText: _texts("A text: by language, or in the source language.", _FILLED),
    Name: _texts("A name: by language, or one that holds in every language.", _FILLED),
    LocalizedUrl: _texts("An address: one for all, or by language.", _URL),
    FromTarget: {
        "description": "An address that a target makes.",
        "type": "object",
        "properties": {"from": _TEXT},
        "required": ["from"],
        "additionalProperties": False,
    },
}

# What an editor shows beside a field: by class and field, or by field alone where it always means the same.
_DESCRIPTIONS = {
    "Briefing.briefing": "The identifier: lower-case letters, digits and hyphens. It never changes.",
    "Briefing.languages": "BCP 47 tags, the source language first.",
    "Briefing.namespace": "A domain name of yours; usually in briefingkit.yaml.",
    "Briefing.unconfirmed": "Paths that somebody must look at; nothing is published while there are any.",
    "Briefing.unplaced": "What a note said and no field holds.",
    "Briefing.track": "What tells parallel parts of a programme apart.",
    "Briefing.leads_to": "Events that this one prepares.",
    "AgendaItem.capacity": "How many people may choose it in the form.",
    "Briefing.allow": "Codes of warnings that are meant, and are not reported.",
    "Briefing.people": "Each person once, by key. E-mail, phone, language and zone are private.",
    "Head.store": "The ledger: a path of a SQLite file, a URL, or ${NAME} for a URL from the environment.",
    "Head.briefings": "Folders or patterns below this file.",
    "Letterhead.bounces": "The address that gets what cannot be delivered.",
    "Letterhead.reply_to": "The address that answers go to.",
    "Letterhead.unsubscribe": "An address that takes such requests by mail.",
    "MailHead.every": "How often a server of the registration page looks for mail that is due, such as 1m.",
    "MailHead.pages": "The web address of the registration page: personal links lead there.",
    "MailHead.retention": "How long after a message was settled it is known who it went to, such as 400d.",
    "MailHead.sender": "In whose name mails go out.",
    "TargetHead.use": "The name of the integration.",
    "TransportHead.use": "The name of the transport.",
    "TargetHead.drift": "What becomes of what somebody changed at the target by hand.",
    "Consent.purpose": "What the data is for.",
    "Registration.choose": "What of the programme people choose: the briefings that are part of it, or agenda items.",
    "Registration.required_fields": "Fields that must be answered, beside the name and the e-mail address.",
    "RegistrationQuestion.description": "What helps to answer it.",
    "RegistrationQuestion.earliest": "The first day that answers it.",
    "RegistrationQuestion.latest": "The last day that answers it.",
    "RegistrationQuestion.least": "How many options at least, or where a scale begins: 0 or 1.",
    "RegistrationQuestion.least_label": "What the beginning of a scale means.",
    "RegistrationQuestion.longest": "How many characters at most.",
    "RegistrationQuestion.most": "How many options at most, where a scale ends (2 to 10), or the stars (3 to 10).",
    "RegistrationQuestion.most_label": "What the end of a scale means.",
    "RegistrationQuestion.other": "Whether another answer than the options may be written.",
    "RegistrationQuestion.pattern": "A regular expression that the whole answer is as.",
    "ShownIf.answers": "Keys of options, yes or no, or numbers of a scale.",
    "ShownIf.question": "The key of a question that stands before, or a built-in field.",
    "access": "Who may see it.",
    "address": "The postal address.",
    "agenda": "Items in order.",
    "at": "A local time, or an offset such as -1d or end+1d.",
    "background": "Markdown.",
    "capacity": "How many people; leave it out for no limit.",
    "closes": "A local time, or an offset from the start such as -1d.",
    "day": "The day, in a briefing of several days.",
    "description": "Markdown.",
    "duration": "Such as 25m, 1h30m or 2d.",
    "email": "An e-mail address.",
    "end": "Local time, or the last day where the start is a date alone.",
    "in_form": "Whether the registration form asks it too.",
    "joinable": "Whether one may join this segment alone.",
    "key": "A short name that never changes: lower-case letters, digits and hyphens.",
    "kind": "What it is.",
    "language": "A BCP 47 tag.",
    "languages": "BCP 47 tags.",
    "logo": "A file below the briefing's folder.",
    "objectives": "Markdown.",
    "opens": "A local time, or an offset from the start such as -14d.",
    "retention": "How long data is kept after the end, such as 90d.",
    "start": "Local time (2022-04-13T15:00), or a date alone for all day.",
    "status": "How firm it is.",
    "steers": "The key of the organiser that it steers.",
    "timezone": "An IANA name, such as Europe/Brussels.",
    "title": "The title.",
    "url": "An address: one for all, or by language.",
}
