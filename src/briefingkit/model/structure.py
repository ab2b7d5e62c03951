"""The model as plain data, in the form of the file, and back: exact in both directions."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from types import NoneType
from typing import Any, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import IterableValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from briefingkit.errors import ModelError
from briefingkit.model.briefing import Briefing
from briefingkit.model.languages import Channel, Interpretation
from briefingkit.model.mailing import Audience
from briefingkit.model.people import Person
from briefingkit.model.place import FromTarget, Online
from briefingkit.model.schedule import Offset, duration_of, parse_duration, write_duration
from briefingkit.text import LocalizedUrl, MultilingualText, Name

__all__ = [
    "FORMAT",
    "converter",
    "file_names",
    "is_plain_class",
    "read_local",
    "short_form",
    "source_language",
    "structure",
    "unstructure",
]

FORMAT = 1
"""The version of the file's form that this release reads and writes."""

_SHOWN = 60
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ](\d{2}:\d{2}(?::\d{2})?))?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_WHOLE = re.compile(r"[+-]?\d{1,15}")

_source: ContextVar[str] = ContextVar("source language of plain strings", default="en")


@contextmanager
def source_language(tag: str) -> Iterator[None]:
    """Read plain strings as texts in this language, within the block."""
    token = _source.set(tag)
    try:
        yield
    finally:
        _source.reset(token)


def structure(data: Mapping[str, Any]) -> Briefing:
    """Build a briefing from data in the form of the file: strings, lists and mappings; numbers and booleans too.

    Raises cattrs' ClassValidationError, whose leaves are ModelError and TextError, each with its path in the notes.
    """
    languages = data.get("languages")
    first = languages[0] if isinstance(languages, Sequence) and languages else "en"
    with source_language(first if isinstance(first, str) else "en"):
        return converter().structure(data, Briefing)


def unstructure(briefing: Briefing) -> dict[str, Any]:
    """Write a briefing as data that JSON and YAML hold, in the file's form and order; what is empty is left out."""
    data: dict[str, Any] = converter().unstructure(briefing)
    return {"format": FORMAT, **data}


@lru_cache(maxsize=1)
def converter() -> Converter:
    """Give the one converter between the model and plain data; integrations structure their settings with it too."""
    made = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, read in _READERS.items():
        made.register_structure_hook(kind, read)
    for kind, write in _WRITERS.items():
        made.register_unstructure_hook(kind, write)
    made.register_structure_hook_func(_is_union(date, datetime), lambda value, _: read_local(value))
    made.register_structure_hook_func(_is_union(Offset, datetime), lambda value, _: _read_moment(value))
    made.register_structure_hook_func(
        _is_union(LocalizedUrl, FromTarget), lambda value, _: _read_address(value)
    )
    made.register_structure_hook_factory(_is_list, lambda kind: _list_reader(made, kind))
    made.register_unstructure_hook_factory(_is_list, lambda kind: _list_writer(made, kind))
    made.register_structure_hook_factory(is_plain_class, lambda kind: _class_reader(made, kind))
    made.register_unstructure_hook_factory(is_plain_class, lambda kind: _class_writer(made, kind))
    return made


def is_plain_class(kind: Any) -> bool:
    """Tell an attrs class that is read field by field from one that is read as a whole, such as a text."""
    return isinstance(kind, type) and attrs.has(kind) and kind not in _READERS


def file_names(kind: type) -> Mapping[str, str]:
    """Tell the fields of a class that have another name in the file, and which."""
    return {"identifier": "briefing"} if kind is Briefing else {}


def short_form(kind: type, value: object) -> object:
    """Bring a short form of the file into the long one that the fields of `kind` describe; all else stays."""
    prepare = _SHORT_FORMS.get(kind)
    return prepare(value) if prepare else value


# Scalars: a reader takes a string, as the file holds it, or the value itself, as JSON or Python does.


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _read_text(value: object, _: object = None) -> str:
    if not isinstance(value, str):
        raise ModelError(f"text is expected, and {_shown(value)} is {_kind(value)}")
    return value


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    return (
        "a list" if isinstance(value, list | tuple) else "nothing" if value is None else type(value).__name__
    )


def _read_whole(value: object, _: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise ModelError(f"{_shown(value)} is no whole number")


def _read_boolean(value: object, _: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    raise ModelError(f"{_shown(value)} is neither true nor false")


def _read_enum(value: object, kind: type[StrEnum]) -> StrEnum:
    words = [member.value for member in kind]
    if isinstance(value, str) and value in words:
        return kind(value)
    close = get_close_matches(value, words, n=1) if isinstance(value, str) else []
    hint = f"did you mean {close[0]}? " if close else ""
    raise ModelError(
        f"{_shown(value)} is not one of the words that stand here: {hint}choose {', '.join(words)}"
    )


def read_local(value: object) -> date | datetime:
    """Read a local date (`2022-04-13`) or a local time (`2022-04-13T15:00`); ModelError for anything else."""
    if isinstance(value, date):
        return value
    match = _LOCAL.fullmatch(value) if isinstance(value, str) else None
    if not match or not isinstance(value, str):
        zone = isinstance(value, str) and _LOCAL.match(value)
        hint = "; a zone does not stand here but under timezone" if zone else ""
        raise ModelError(
            f"{_shown(value)} is no local time: write 2022-04-13T15:00, or 2022-04-13 for all day{hint}"
        )
    try:
        return datetime.fromisoformat(value) if match.group(1) else date.fromisoformat(value)
    except ValueError as error:
        raise ModelError(f"{_shown(value)} is not in the calendar: {error}") from None


def _read_datetime(value: object, _: object = None) -> datetime:
    read = read_local(value)
    if not isinstance(read, datetime):
        raise ModelError(f"{_shown(value)} needs a time of day too: write 2022-04-13T15:00")
    return read


def _read_date(value: object, _: object) -> date:
    read = read_local(value)
    if isinstance(read, datetime):
        raise ModelError(f"{_shown(value)} is to be a date alone: write 2022-04-13")
    return read


def _read_clock(value: object, _: object) -> time:
    if isinstance(value, time):
        return value
    try:
        if isinstance(value, str) and _CLOCK.fullmatch(value):
            return time.fromisoformat(value.zfill(5))
    except ValueError:
        pass
    raise ModelError(f"{_shown(value)} is no time of day: write 15:05")


def _read_duration(value: object, _: object = None) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(_read_text(value))


def _read_moment(value: object) -> Offset | datetime:
    if isinstance(value, Offset):
        return value
    if isinstance(value, str) and not value[:1].isdigit():
        return Offset.parse(value)
    return _read_datetime(value)


# Texts: one string in the source language, or a mapping of languages.


def _read_multilingual(value: object, _: object = None) -> MultilingualText:
    return MultilingualText({_source.get(): value} if isinstance(value, str) else _languages(value))


def _read_name(value: object, _: object = None) -> Name:
    return Name.of(value) if isinstance(value, str) else Name(_languages(value))


def _read_url(value: object, _: object = None) -> LocalizedUrl:
    return LocalizedUrl.of(value) if isinstance(value, str) else LocalizedUrl(_languages(value))


def _languages(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise ModelError(
            f"text is expected, in one language or by language ({{en: …, fr: …}}), not {_kind(value)}"
        )
    wrong = [tag for tag, text in value.items() if text is not None and not isinstance(text, str)]
    if wrong:
        problems = [(str(tag), f"text is expected, not {_kind(value[tag])}") for tag in wrong]
        raise ModelError(problems[0][1], problems=problems)
    return {str(tag): text for tag, text in value.items() if text is not None}


def _write_texts(value: MultilingualText | Name | LocalizedUrl) -> str | dict[str, str]:
    texts = dict(value.texts)
    return texts["und"] if tuple(texts) == ("und",) else texts


def _read_address(value: object) -> LocalizedUrl | FromTarget:
    if isinstance(value, Mapping) and "from" in value:
        if len(value) > 1:
            raise ModelError("`from` stands alone: the address comes from that target, in every language")
        return FromTarget(_read_text(value["from"]))
    return _read_url(value)


# Lists and classes.


def _is_union(*members: type) -> Callable[[Any], bool]:
    wanted = set(members)
    return lambda kind: wanted == set(get_args(kind)) - {NoneType}


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[1:] == (...,)


def _list_reader(made: Converter, kind: Any) -> Callable[[Any, Any], Any]:
    element = get_args(kind)[0]
    read = made.get_structure_hook(element)
    keyed = element is Person

    def structure_list(value: object, _: object) -> tuple[Any, ...]:
        if keyed and isinstance(value, Mapping):
            value = {key: _with_key(key, person) for key, person in value.items()}
            pairs: Iterable[tuple[Any, Any]] = value.items()
        elif isinstance(value, list | tuple) and not keyed:
            pairs = enumerate(value)
        else:
            raise ModelError(f"a {'mapping of keys' if keyed else 'list'} is expected, not {_kind(value)}")
        return tuple(_each(pairs, lambda one: read(one, element), kind))

    return structure_list


def _with_key(key: object, value: object) -> object:
    return {"key": str(key), **value} if isinstance(value, Mapping) else value


def _each(pairs: "Iterable[tuple[Any, Any]]", read: Callable[[Any], Any], kind: Any) -> Iterator[Any]:
    """Read each, and raise all the errors at once with the index or key of each in its notes, as cattrs does."""
    errors: list[Exception] = []
    for index, value in pairs:
        try:
            yield read(value)
        except Exception as error:  # noqa: BLE001 - collected and raised below
            note = IterableValidationNote(f"Structuring {kind} @ index {index!r}", index, kind)
            error.__notes__ = [*getattr(error, "__notes__", []), note]
            errors.append(error)
    if errors:
        raise IterableValidationError(f"While structuring {kind}", errors, kind)


def _list_writer(made: Converter, kind: Any) -> Callable[[Any], Any]:
    if get_args(kind)[0] is not Person:
        return lambda values: [made.unstructure(value) for value in values]

    def unstructure_people(people: tuple[Person, ...]) -> dict[str, Any]:
        written = [made.unstructure(person) for person in people]
        return {person.pop("key"): person for person in written}

    return unstructure_people


def _class_reader(made: Converter, kind: Any) -> Callable[[Any, Any], Any]:
    renames: dict[str, Any] = {name: override(rename=given) for name, given in file_names(kind).items()}
    read = make_dict_structure_fn(kind, made, _cattrs_forbid_extra_keys=True, **renames)

    def structure_class(value: object, _: object) -> Any:
        if isinstance(value, kind):
            return value
        data = short_form(kind, value)
        if not isinstance(data, Mapping):
            raise ModelError(f"a mapping of fields is expected here, not {_kind(data)}")
        return read({name: given for name, given in data.items() if given is not None}, kind)

    return structure_class


def _class_writer(made: Converter, kind: Any) -> Callable[[Any], Any]:
    renames: dict[str, Any] = {name: override(rename=given) for name, given in file_names(kind).items()}
    if kind is Briefing:
        renames["status"] = override(omit_if_default=False)
    write = make_dict_unstructure_fn(kind, made, _cattrs_omit_if_default=True, **renames)
    shorten = _LONG_FORMS.get(kind)
    return (lambda value: shorten(write(value))) if shorten else write


# Short forms of the file.


def _briefing_form(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    data = dict(value)
    version = data.pop("format", None)
    if version is not None and str(version) != str(FORMAT):
        raise ModelError(
            f"format {_shown(version)} is not known to this release, which reads {FORMAT}", field="format"
        )
    duration = data.pop("duration", None)
    if duration is not None:
        if data.get("end") is not None:
            raise ModelError("give the end or a duration, not both", field="duration")
        data["end"] = _end_after(data, duration)
    return data


def _end_after(data: Mapping[str, Any], duration: object) -> object:
    try:
        length = _read_duration(duration)
    except ModelError as error:
        raise ModelError(str(error), field="duration") from None
    if data.get("start") is None:
        raise ModelError("a duration needs a start to run from", field="duration")
    zone = data.get("timezone")
    try:
        return duration_of(read_local(data["start"]), length, zone if isinstance(zone, str) else None)
    except ModelError as error:
        if error.field == "duration":
            raise
        return None  # the start is wrong, and is reported under its own name
    except ValueError:
        return None  # as the zone


def _interpretation_form(value: object) -> object:
    if isinstance(value, list | tuple):
        return {"floor": value, "into": value}
    if isinstance(value, Mapping) and isinstance(value.get("into"), Mapping):
        into = [{"language": tag, "url": url} for tag, url in value["into"].items()]
        return {**value, "into": into}
    return value


def _interpretation_written(data: dict[str, Any]) -> dict[str, Any]:
    into = data.get("into", [])
    if any(isinstance(channel, dict) for channel in into):
        named = [channel if isinstance(channel, dict) else {"language": channel} for channel in into]
        data["into"] = {channel["language"]: channel.get("url") for channel in named}
    return data


def _online_form(value: object) -> object:
    if isinstance(value, Mapping) and "from" in value and "url" not in value:
        rest = {name: given for name, given in value.items() if name != "from"}
        return {**rest, "url": {"from": value["from"]}}
    return value


def _online_written(data: dict[str, Any]) -> dict[str, Any]:
    if isinstance(data.get("url"), dict) and "from" in data["url"]:
        return {**data.pop("url"), **data}
    return data


def _audience_form(value: object) -> object:
    return {"group": value} if isinstance(value, str) else value


_READERS: dict[Any, Callable[[Any, Any], Any]] = {
    str: _read_text,
    int: _read_whole,
    bool: _read_boolean,
    StrEnum: _read_enum,
    date: _read_date,
    datetime: _read_datetime,
    time: _read_clock,
    timedelta: _read_duration,
    Offset: lambda value, _: Offset.parse(_read_text(value)),
    MultilingualText: _read_multilingual,
    Name: _read_name,
    LocalizedUrl: _read_url,
    FromTarget: lambda value, _: cast("FromTarget", _read_address(value)),
}
_WRITERS: dict[Any, Callable[[Any], Any]] = {
    StrEnum: lambda word: word.value,
    date: date.isoformat,
    datetime: lambda moment: moment.isoformat(timespec="seconds" if moment.second else "minutes"),
    time: lambda clock: clock.isoformat(timespec="seconds" if clock.second else "minutes"),
    timedelta: write_duration,
    Offset: str,
    MultilingualText: _write_texts,
    Name: _write_texts,
    LocalizedUrl: _write_texts,
    FromTarget: lambda target: {"from": target.target},
}
_SHORT_FORMS: dict[type, Callable[[object], object]] = {
    Briefing: _briefing_form,
    Interpretation: _interpretation_form,
    Channel: lambda value: {"language": value} if isinstance(value, str) else value,
    Online: _online_form,
    Audience: _audience_form,
}
_LONG_FORMS: dict[type, Callable[[dict[str, Any]], Any]] = {
    Interpretation: _interpretation_written,
    Channel: lambda data: data if "url" in data else data["language"],
    Online: _online_written,
    Audience: lambda data: data.get("group", data),
}
