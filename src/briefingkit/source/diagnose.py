"""Why data does not make a value: every problem at once, each with its path.

cattrs stops where a constructor refuses, so that a wrong time zone would hide a dangling key until the zone is mended.
This goes over data that was refused once more, field by field as the attrs classes say, and puts a stand-in wherever a
value is broken, so that what hangs together is looked at in the same run. Nothing here decides what is right: each
answer is the converter's, a validator's or a constructor's own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from briefingkit.errors import ModelError, TextError
from briefingkit.model.people import Person
from briefingkit.model.structure import converter, file_names, is_plain_class, short_form
from briefingkit.source.hints import advice_on_value, field_meant
from briefingkit.source.paths import Path
from briefingkit.text import LocalizedUrl, MultilingualText, Name

__all__ = ["Problem", "diagnose"]

# What names what: where the list is broken, nothing can be said of those who name its entries.
_NAMES = {"person": "people", "steers": "organizers"}


@attrs.frozen
class Problem:
    """One thing that is wrong: its code, its place below the data that was looked at, and what to do.

    `at_key` puts it at the name of a field and not at its value.
    """

    code: str
    path: Path
    message: str
    advice: str = ""
    at_key: bool = False


def diagnose(data: Any, kind: type) -> tuple[Problem, ...]:
    """Tell everything that keeps `data` from being a `kind`, an attrs class; nothing where it is one."""
    search = _Search()
    search.value(data, kind, ())
    return tuple(dict.fromkeys(search.problems))


class _Search:
    """Each method gives the value that it read, or a stand-in that lets the search go on."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.stand_ins = 0

    def value(self, data: Any, kind: Any, path: Path) -> Any:
        bare = _without_none(kind)
        if is_plain_class(bare):
            return self.instance(data, bare, path)
        if _is_list(bare):
            return self.entries(data, bare, path)
        return self.leaf(data, bare, path)

    def leaf(self, data: Any, kind: Any, path: Path) -> Any:
        try:
            return converter().structure(data, kind)
        except (ModelError, TextError) as error:
            if not self.languages(data, kind, path):
                self.tell(error, path, advice_on_value(data, kind))
        except Exception as error:  # noqa: BLE001 - a hook of an integration's own may raise what it likes
            self.problems.append(Problem("E103", path, str(error) or type(error).__name__))
        return self.stand_in(kind)

    def languages(self, data: Any, kind: Any, path: Path) -> bool:
        """Blame the languages of a text one by one; False where it has none, or only the whole is wrong."""
        texts = {MultilingualText, Name, LocalizedUrl} & {kind, *get_args(kind)}
        if not texts or not isinstance(data, Mapping) or "from" in data:
            return False
        before = len(self.problems)
        for tag, text in data.items():
            if text is None or (isinstance(text, str) and not text.strip()):
                continue
            try:
                converter().structure({tag: text}, texts.copy().pop())
            except (ModelError, TextError) as error:
                message = error.problems[0][1] if isinstance(error, ModelError) else str(error)
                at_key = "language tag" in message
                self.problems.append(Problem("E104", (*path, str(tag)), message, at_key=at_key))
        return len(self.problems) > before

    def entries(self, data: Any, kind: Any, path: Path) -> tuple[Any, ...]:
        element = get_args(kind)[0]
        if element is Person and isinstance(data, Mapping):
            return tuple(self.person(key, person, (*path, str(key))) for key, person in data.items())
        if element is Person or not isinstance(data, list | tuple):
            self.leaf(data, kind, path)
            return ()
        return tuple(self.value(one, element, (*path, index)) for index, one in enumerate(data))

    def person(self, key: Any, data: Any, path: Path) -> Any:
        if isinstance(data, Mapping):
            if "key" in data:
                said = "the key stands before it, and nowhere else"
                self.problems.append(Problem("E103", (*path, "key"), said, at_key=True))
            return self.value({**data, "key": str(key)}, Person, path)
        self.problems.append(
            Problem("E103", path, f"a mapping of fields is expected here, not {_what(data)}")
        )
        return self.build(Person, {"key": str(key)}, path, {"name"})

    def instance(self, data: Any, kind: Any, path: Path) -> Any:
        before = len(self.problems)
        prepared = self.prepared(data, kind, path)
        if not isinstance(prepared, Mapping):
            if len(self.problems) == before:
                said = f"a mapping of fields is expected here, not {_what(prepared)}"
                self.problems.append(Problem("E103", path, said))
            prepared, asked = {}, False
        else:
            asked = True
        names = file_names(kind)
        fields = {names.get(field.name, field.name): field for field in _fields(kind)}
        self.unknown(prepared, list(fields), path)
        values: dict[str, Any] = {}
        broken = set() if asked else {*fields}
        for name, field in fields.items():
            if prepared.get(name) is None:
                if field.default is attrs.NOTHING and asked:
                    self.problems.append(Problem("E102", (*path, name), f"{name} is missing"))
                    broken.add(field.name)
                elif isinstance(data, Mapping) and name == "end" and data.get("duration") is not None:
                    broken.add(name)  # it could not be told from a start or a zone that is reported by itself
                continue
            value, whole = self.attribute(prepared[name], field, (*path, name))
            if whole:
                values[field.name] = value
            else:
                broken.add(field.name)
        return self.build(kind, values, path, broken)

    def prepared(self, data: Any, kind: type, path: Path) -> Any:
        """Bring a short form into the long one; a field that stands in the way is reported and left out."""
        while True:
            try:
                return short_form(kind, data)
            except ModelError as error:
                self.tell(error, path)
                if not isinstance(data, Mapping) or error.field not in data:
                    return None
                data = {name: value for name, value in data.items() if name != error.field}

    def unknown(self, prepared: Mapping[Any, Any], fields: list[str], path: Path) -> None:
        """Name the fields that the class does not have, and which was meant."""
        short = ["format", "duration"] if not path and "briefing" in fields else []
        free = [name for name in (*fields, *short) if name not in prepared]
        for name in prepared:
            if name in fields:
                continue
            meant = field_meant(name, free) or field_meant(name, fields)
            advice = (
                f"did you mean {meant}?" if meant else f"the fields here are {', '.join((*fields, *short))}"
            )
            shown = str(name)[:60]
            self.problems.append(
                Problem("E101", (*path, str(name)), f"{shown} is no field here", advice, at_key=True)
            )

    def attribute(self, data: Any, field: Any, path: Path) -> tuple[Any, bool]:
        """Read one field and let its converter and validator speak for it alone; False where it is of no use."""
        before = len(self.problems)
        value = self.value(data, field.type, path)
        if len(self.problems) > before:
            return value, _holds_instances(value)
        errors = list(_faults(field, value))
        if errors and _is_list(_without_none(field.type)) and value:
            blamed = [(index, fault) for index, one in enumerate(value) for fault in _faults(field, (one,))]
            for index, fault in blamed:
                self.tell(fault, (*path, index), own=True)
            errors = [] if blamed else errors
        for error in errors:
            self.tell(error, path, own=True)
        return value, len(self.problems) == before

    def build(self, kind: Any, values: dict[str, Any], path: Path, broken: set[str]) -> Any:
        """Construct it from what is well and stand-ins; what the constructor says of the stand-ins is left unsaid."""
        made = object.__new__(kind)
        for field in attrs.fields(kind):
            value = values[field.name] if field.name in values else self.default(field, made)
            object.__setattr__(made, field.name, _converted(field, value))
        try:
            if hasattr(made, "__attrs_post_init__"):
                made.__attrs_post_init__()
        except ModelError as error:
            names = file_names(kind)
            for where, message in error.problems:
                steps: Path = tuple(
                    int(s) if s.isdecimal() else names.get(s, s) for s in where.split(".") if s
                )
                if not _follows(steps, message, broken):
                    code = "E102" if not steps and "is missing" in message else "E105"
                    self.problems.append(Problem(code, (*path, *steps), message))
        except TextError as error:
            self.problems.append(Problem("E104", path, str(error)))
        return made

    def default(self, field: Any, made: Any) -> Any:
        if field.default is attrs.NOTHING:
            return self.stand_in(_without_none(field.type))
        if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type] # attrs types it as a function
            return field.default.factory(*([made] if field.default.takes_self else []))
        return field.default

    def stand_in(self, kind: Any) -> Any:
        """Make something of a kind that no constructor minds and that is like nothing else in the briefing."""
        self.stand_ins += 1
        mark = f"stand-in-{self.stand_ins}"
        if kind is str:
            return mark
        if kind is MultilingualText:
            return MultilingualText({"en": mark})
        if kind is Name:
            return Name.of(mark)
        if _is_list(kind):
            return ("en",) if get_args(kind)[0] is str else (self.stand_in(get_args(kind)[0]),)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return next(iter(kind))
        if is_plain_class(kind):
            return self.build(kind, {}, (), {field.name for field in attrs.fields(kind)})
        return None

    def tell(self, error: ModelError | TextError, path: Path, advice: str = "", *, own: bool = False) -> None:
        """Report an error; `own`: the field that it names is the last of the path itself."""
        if isinstance(error, TextError):
            self.problems.append(Problem("E104", path, str(error), advice))
            return
        for where, message in error.problems:
            below = where.split(".") if where and not own else []
            said = message.partition(": write")[0] if advice else message
            self.problems.append(Problem("E103", (*path, *below), said, advice))


def _follows(steps: Path, message: str, broken: Iterable[str]) -> bool:
    """Say whether a problem of the whole is but the echo of a field that is broken and was reported."""
    broken = set(broken)
    if not broken:
        return False
    if not steps and "is missing" not in message:
        return True
    if steps and (steps[0] in broken or _NAMES.get(str(steps[-1])) in broken):
        return True
    return any(re.search(rf"\b{re.escape(name)}\b", message) for name in broken)


def _faults(field: Any, value: Any) -> Iterator[ModelError | TextError]:
    """Ask the converter, and then the validator, of one field."""
    try:
        if field.converter is not None:
            value = field.converter(value)
        if field.validator is not None:
            field.validator(None, field, value)
    except (ModelError, TextError) as error:
        yield error
    except (TypeError, ValueError) as error:  # of an integration's own class
        yield ModelError(str(error), field=field.name)


def _converted(field: Any, value: Any) -> Any:
    try:
        return value if field.converter is None else field.converter(value)
    except (TypeError, ValueError):  # a stand-in, or what was reported already
        return value


def _holds_instances(value: Any) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(is_plain_class(type(one)) for one in value)
    return is_plain_class(type(value))


def _fields(kind: Any) -> "tuple[attrs.Attribute[Any], ...]":
    """Give the fields of a class that it takes, their types as such.

    Where none is a name, the class is not asked: attrs lists the types of cached properties with those of the fields,
    and only a type checker may see what they name.
    """
    if any(isinstance(one.type, str) for one in attrs.fields(kind)):
        attrs.resolve_types(kind)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)
    return tuple(one for one in fields if one.init)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[1:] == (...,)


def _without_none(kind: Any) -> Any:
    if get_origin(kind) not in (Union, UnionType):
        return kind
    members = tuple(member for member in get_args(kind) if member is not NoneType)
    return members[0] if len(members) == 1 else Union[members]  # noqa: UP007 - made at run time


def _what(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) and not isinstance(value, str) else repr(str(value)[:40])
