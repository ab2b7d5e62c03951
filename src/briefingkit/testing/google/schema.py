"""The schemas of a discovery document, made into functions that check a value in a few look-ups.

Source: the format of discovery documents (developers.google.com/discovery/v1/type-format), which is JSON Schema draft 3
with formats of its own. Where a string's description lists "Possible values are:", these are its values, although the
document has no `enum` for them: the descriptions are the only place where Google says so.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from briefingkit.testing.google.refusal import Refusal, invalid, required

__all__ = [
    "Check",
    "Schemas",
    "Shape",
    "check_scalar",
    "drop_server_fields",
    "listed_values",
    "without_nulls",
]

Check = Callable[[Any, str], None]
"""Raise a Refusal if a value at a path (`start.dateTime`) is not as its schema says."""

_LISTED = re.compile(r"(?:The p|P)ossible values? (?:is|are):[ ]*\n((?:- [^\n]*\n?)+)")
_QUOTED = re.compile(r'^- "([^"]+)"', re.MULTILINE)
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z")
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"
_INSTANT = re.compile(_DATE.pattern[:-2] + r"[Tt]" + _TIME + r"(?:[Zz]|[+-]\d{2}:\d{2})\Z")
_LOCAL_OR_INSTANT = re.compile(_INSTANT.pattern[:-2] + r"?\Z")
_BOUNDS = {
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}


def listed_values(description: str) -> frozenset[str]:
    """Read the values that a description lists; empty where it lists none."""
    found = _LISTED.search(description)
    return frozenset(_QUOTED.findall(found[1])) if found else frozenset()


def _wrong(value: Any, path: str) -> Refusal:
    return invalid(f"Invalid value at '{path}': {value!r}", path)


def _check_bool(value: Any, path: str) -> None:
    if value is not True and value is not False:
        raise _wrong(value, path)


def _check_number(value: Any, path: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong(value, path)


def _check_int(value: Any, path: str, lowest: int, highest: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise _wrong(value, path)


def _check_long(value: Any, path: str, lowest: int, highest: int) -> None:
    """Check a 64-bit number: it is a string in JSON."""
    if not isinstance(value, str) or not value.lstrip("-").isdecimal() or not lowest <= int(value) <= highest:
        raise _wrong(value, path)


def _check_string(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise _wrong(value, path)


def _check_matching(value: Any, path: str, pattern: re.Pattern[str]) -> None:
    if not isinstance(value, str) or pattern.match(value) is None:
        raise _wrong(value, path)


def _check_listed(value: Any, path: str, values: frozenset[str]) -> None:
    if not isinstance(value, str) or value not in values:
        raise _wrong(value, path)


def _check_any(_value: Any, _path: str) -> None:
    """Anything goes."""


def _check_list(value: Any, path: str, check: Check) -> None:
    if not isinstance(value, list):
        raise _wrong(value, path)
    for number, item in enumerate(value):
        check(item, f"{path}[{number}]")


def _check_map(value: Any, path: str, check: Check) -> None:
    if not isinstance(value, dict):
        raise _wrong(value, path)
    for name, item in value.items():
        if item is not None:
            check(item, f"{path}.{name}")


def check_scalar(schema: Mapping[str, Any], *, described: bool = True) -> Check:
    """Make the check of one value that is no object and no list."""
    kind, form = schema.get("type", "any"), schema.get("format")
    if kind == "boolean":
        return _check_bool
    if kind == "integer":
        lowest, highest = _BOUNDS[form or "int32"]
        bounds = int(schema.get("minimum", lowest)), int(schema.get("maximum", highest))
        return partial(_check_int, lowest=bounds[0], highest=bounds[1])
    if kind == "number":
        return _check_number
    if kind != "string":
        return _check_any
    if form in {"int64", "uint64"}:
        return partial(_check_long, lowest=_BOUNDS[form][0], highest=_BOUNDS[form][1])
    values = frozenset(schema.get("enum", ())) or (
        listed_values(schema.get("description", "")) if described else frozenset()
    )
    if values:
        return partial(_check_listed, values=values)
    pattern = {"date": _DATE, "date-time": _INSTANT, "google-datetime": _INSTANT}.get(form or "")
    return partial(_check_matching, pattern=pattern) if pattern is not None else _check_string


class Shape:
    """An object of the document: what its fields are, which of them only the server writes, and what they contain."""

    __slots__ = ("checks", "inner", "is_map", "needed", "server", "values")

    def __init__(self) -> None:
        self.checks: dict[str, Check] = {}
        self.inner: dict[str, Shape] = {}
        self.is_map = False
        self.values: Shape | None = None
        self.server: frozenset[str] = frozenset()
        self.needed: dict[str, list[str]] = {}

    def __call__(self, value: Any, path: str) -> None:
        """Check an object: each field is known, and is as it should be. Null stands for absent."""
        if not isinstance(value, dict):
            raise _wrong(value, path)
        checks = self.checks
        for name, item in value.items():
            check = checks.get(name)
            where = f"{path}.{name}" if path else name
            if check is None:
                raise invalid(
                    f"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field.",
                    where,
                )
            if item is not None:
                check(item, where)

    def check_needed(self, value: Mapping[str, Any], method: str, path: str = "") -> None:
        """Check that what the document says a method requires is there."""
        for name in self.needed.get(method, ()):
            if value.get(name) in (None, ""):
                where = f"{path}.{name}" if path else name
                raise required(f"Missing required field: {where}.", where)
        for name, shape in self.inner.items():
            inner = value.get(name)
            if isinstance(inner, dict):
                shape.check_needed(inner, method, f"{path}.{name}" if path else name)

    def names(self, name: str) -> "Shape | None":
        """Find what is inside a field, for a partial response; raises KeyError where there is no such field."""
        if self.is_map:
            return self.values
        if name not in self.checks:
            raise KeyError(name)
        return self.inner.get(name)


class Schemas:
    """The schemas of one document, each made once, when it is first asked for.

    `writable` names fields (`Permission.emailAddress`) that the document has as the server's although one writes them.
    """

    def __init__(self, document: Mapping[str, Any], writable: frozenset[str] = frozenset()) -> None:
        self._sources: Mapping[str, Any] = document.get("schemas", {})
        self._writable = writable
        self._made: dict[str, Shape] = {}

    def __getitem__(self, name: str) -> Shape:
        """Give the shape of a schema by its name."""
        if name not in self._made:
            shape = self._made[name] = Shape()  # before it is filled: a schema may contain itself
            self._fill(shape, self._sources[name])
        return self._made[name]

    def _fill(self, shape: Shape, schema: Mapping[str, Any]) -> None:
        server = set()
        for name, field in schema.get("properties", {}).items():
            shape.checks[name], inner = self._make(field, name)
            if inner is not None:
                shape.inner[name] = inner
            if _is_the_servers(field) and f"{schema.get('id')}.{name}" not in self._writable:
                server.add(name)
            for method in field.get("annotations", {}).get("required", ()):
                shape.needed.setdefault(method, []).append(name)
        shape.server = frozenset(server)

    def _make(self, schema: Mapping[str, Any], name: str) -> tuple[Check, Shape | None]:
        if "$ref" in schema:
            shape = self[schema["$ref"]]
            return shape, shape
        if schema.get("type") == "array":
            check, inner = self._make(schema["items"], name)
            return partial(_check_list, check=check), inner
        if schema.get("type") == "object":
            shape = Shape()
            if "additionalProperties" in schema:
                shape.is_map = True
                check, shape.values = self._make(schema["additionalProperties"], name)
                return partial(_check_map, check=check), shape
            self._fill(shape, schema)
            return shape, shape
        if name == "dateTime" and schema.get("format") == "date-time":
            # "A time zone offset is required unless a time zone is explicitly specified in timeZone."
            return partial(_check_matching, pattern=_LOCAL_OR_INSTANT), None
        return check_scalar(schema), None


def _is_the_servers(field: Mapping[str, Any]) -> bool:
    said = field.get("description", "")
    return bool(field.get("readOnly")) or "Read-only." in said or said.startswith("Output only.")


def drop_server_fields(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Take out of a request what only the server writes, as Google does, and name what was taken."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from drop_server_fields(shape, item, f"{path}[{number}]")
    elif isinstance(value, dict):
        for name in [name for name in value if name in shape.server]:
            del value[name]
            yield f"{path}.{name}" if path else name
        for name, inner in shape.inner.items():
            if name in value:
                yield from drop_server_fields(inner, value[name], f"{path}.{name}" if path else name)


def without_nulls(value: Any) -> Any:
    """Leave out what is null: it stands for absent, except in a patch."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
