"""A view as a resource's fields, and back: exact in both directions.

Lists of things with keys become mappings by key, beside their order (`agenda`, `agenda_order`), so that a plan shows
`agenda.the-road.title` and a change of order for what it is. Every field is there, None where there is nothing to say.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from types import NoneType
from typing import Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

import attrs

from briefingkit.errors import RenderError
from briefingkit.rendering.values import View

__all__ = ["Value", "read_fields", "view_fields", "view_from_fields", "write_fields"]

_T = TypeVar("_T")

Value: TypeAlias = "str | int | bool | tuple[Value, ...] | Mapping[str, Value] | None"
"""What a field may hold: all of it goes through JSON and comes back equal, lists as tuples."""

_Write: TypeAlias = Callable[[Any], Any]
_Form: TypeAlias = tuple[tuple[str, _Write, _Write, str | None], ...]
_ORDER = "_order"


def view_fields(view: View) -> Mapping[str, Value]:
    """Write a view as fields."""
    return write_fields(view)


def view_from_fields(fields: Mapping[str, Value]) -> View:
    """Read a view from the fields that `view_fields` wrote, be it through JSON. RenderError for any others."""
    return read_fields(View, fields)


def write_fields(value: object) -> Mapping[str, Value]:
    """Write a frozen value of this package, made of text, numbers, enumerations and others like it, as fields."""
    return _write(value)


def read_fields(kind: type[_T], fields: Mapping[str, Value]) -> _T:
    """Read a value of that class back. RenderError for fields of anything else."""
    try:
        value: _T = _read(kind, fields)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RenderError(
            f"these are not the fields of a {kind.__name__.lower()}: {error!r}; plan again with this release"
        ) from error
    return value


@lru_cache(maxsize=64)
def _form(kind: type) -> _Form:
    """Tell how each attribute of a view's class is written and read, and by which key if its things have keys."""
    hints = get_type_hints(kind)
    return tuple((attribute.name, *_codec(hints[attribute.name])) for attribute in attrs.fields(kind))


def _codec(hint: Any) -> tuple[_Write, _Write, str | None]:
    args = set(get_args(hint))
    if NoneType in args:
        write, read, key = _codec(next(iter(args - {NoneType})))
        return (
            (lambda value: None if value is None else write(value)),
            (lambda value: None if value is None else read(value)),
            key,
        )
    if get_origin(hint) is tuple:
        return _list_codec(get_args(hint)[0])
    if attrs.has(hint):
        return _write, (lambda value: _read(hint, value)), None
    if get_origin(hint) is Mapping:
        return dict, dict, None
    if issubclass(hint, StrEnum):
        return str, hint, None
    return _same, (lambda value: _checked(hint, value)), None


def _list_codec(element: Any) -> tuple[_Write, _Write, str | None]:
    write, read, _ = _codec(element)
    if attrs.has(element) and (key := _key(element)) is not None:
        return write, read, key
    return (lambda values: tuple(map(write, values))), (lambda values: tuple(map(read, values))), None


def _key(kind: type) -> str | None:
    """Name the attribute by which a thing is found in a list: its key, or its briefing's identifier."""
    names = {attribute.name: attribute.type for attribute in attrs.fields(kind)}
    return next((name for name in ("key", "identifier") if names.get(name) is str), None)


def _same(value: Any) -> Any:
    return value


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} is expected, not {value!r:.40}")
    return value


def _write(view: object) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, write, _, key in _form(type(view)):  # type: ignore[arg-type] # mypy: a type is hashable
        value = getattr(view, name)
        if key is None:
            fields[name] = write(value)
            continue
        fields[name] = {getattr(one, key): _without(write(one), key) for one in value}
        fields[name + _ORDER] = tuple(fields[name])
    return fields


def _without(fields: dict[str, Any], key: str) -> dict[str, Any]:
    del fields[key]
    return fields


def _read(kind: type, fields: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for name, _, read, key in _form(kind):
        if key is None:
            values[name] = read(fields[name])
            continue
        held = fields[name]
        values[name] = tuple(read({key: one, **held[one]}) for one in fields[name + _ORDER])
    return kind(**values)
