"""The discovery documents that Google's client ships: which methods there are, where, and what each takes and gives.

The documents are read as JSON from the installed `google-api-python-client`, without importing it (its import takes
longer than the double does to start).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from briefingkit.errors import MissingExtra
from briefingkit.testing.google.refusal import Refusal, invalid, not_found, required
from briefingkit.testing.google.schema import Check, Schemas, Shape, check_scalar

__all__ = ["Api", "Method", "Parameter", "Routes", "load_api", "read_document", "unimplemented"]


def read_document(name: str, version: str) -> dict[str, Any]:
    """Read a document, such as ("calendar", "v3"). Raises MissingExtra without Google's client."""
    package = find_spec("googleapiclient")
    if package is None or not package.submodule_search_locations:
        raise MissingExtra(
            "the Google double reads Google's own documents: pip install 'briefingkit[google]'"
        )
    folder = Path(package.submodule_search_locations[0], "discovery_cache", "documents")
    document: dict[str, Any] = json.loads((folder / f"{name}.{version}.json").read_bytes())
    return document


@frozen
class Parameter:
    """A parameter of a method; `read` makes a value of its text, and raises a Refusal where that cannot be."""

    name: str
    read: Callable[[str], Any]
    required: bool = False
    repeated: bool = False
    default: Any = None


def _read_boolean(name: str, text: str) -> bool:
    if text not in {"true", "false"}:
        raise invalid(f"Invalid value for: Invalid boolean: {text!r}", name)
    return text == "true"


def _read_integer(name: str, check: Check, text: str) -> int:
    if re.fullmatch(r"[+-]?\d{1,18}", text) is None:
        raise invalid(f"Invalid value for: Invalid integer: {text!r}", name)
    check(int(text), name)
    return int(text)


def _read_text(name: str, check: Check, text: str) -> str:
    check(text, name)
    return text


def _parameter(name: str, schema: Mapping[str, Any]) -> Parameter:
    read: Callable[[str], Any]
    if "will be coerced" in schema.get("description", ""):
        schema = {key: value for key, value in schema.items() if key != "maximum"}
    check = check_scalar(schema, described=False)
    if schema.get("type") == "boolean":
        read = partial(_read_boolean, name)
    elif schema.get("type") == "integer":
        read = partial(_read_integer, name, check)
    else:
        read = partial(_read_text, name, check)
    given = schema.get("default")
    return Parameter(
        name, read, bool(schema.get("required")), bool(schema.get("repeated")), given and read(given)
    )


@frozen
class Method:
    """A method of an API: `calendar.events.insert`. Where it `merges`, a null in the body takes something away."""

    id: str
    verb: str
    path: tuple[str, ...]
    query: Mapping[str, Parameter] = field(repr=False)
    request: Shape | None = field(repr=False)
    response: Shape | None = field(repr=False)
    scopes: frozenset[str] = field(repr=False)
    merges: bool = False

    def read_query(self, given: Mapping[str, list[str]]) -> dict[str, Any]:
        """Read the parameters after the question mark; an unknown one is refused, although Google may let it pass."""
        read = {}
        for name, texts in given.items():
            parameter = self.query.get(name)
            if parameter is None:
                raise invalid(
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.',
                    name,
                )
            if not parameter.repeated and len(texts) > 1:
                raise invalid(f"Invalid value for: {name} is given more than once", name)
            values = [parameter.read(text) for text in texts]
            read[name] = values if parameter.repeated else values[0]
        for parameter in self.query.values():
            if parameter.name in read:
                continue
            if parameter.required:
                raise required(f"Required parameter: {parameter.name}", parameter.name)
            if parameter.default is not None:
                read[parameter.name] = parameter.default
        return read


@frozen
class Api:
    """One API as its document has it."""

    name: str
    version: str
    title: str
    batch_path: str
    methods: Mapping[str, Method] = field(repr=False)
    schemas: Schemas = field(repr=False)


@cache
def load_api(name: str, version: str, writable: frozenset[str] = frozenset()) -> Api:
    """Read a document and make its methods ready; once in a process, for it never changes.

    `writable` are the fields that are the server's by the document, and yet are written by callers.
    """
    document = read_document(name, version)
    schemas = Schemas(document, writable)
    general = {
        each: evolve(_parameter(each, schema), default=None)
        for each, schema in document.get("parameters", {}).items()
    }
    prefix = document.get("servicePath", "")
    methods = {
        source["id"]: _method(source, prefix, general, schemas) for source in _method_sources(document)
    }
    return Api(name, version, document["title"], document["batchPath"], methods, schemas)


def _method_sources(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from node.get("methods", {}).values()
    for resource in node.get("resources", {}).values():
        yield from _method_sources(resource)


def _method(
    source: Mapping[str, Any], prefix: str, general: Mapping[str, Parameter], schemas: Schemas
) -> Method:
    given = source.get("parameters", {})
    own = {name: _parameter(name, schema) for name, schema in given.items() if schema["location"] == "query"}
    request, response = source.get("request"), source.get("response")
    return Method(
        id=source["id"],
        verb=source["httpMethod"],
        path=tuple((prefix + source["path"]).split("/")),
        query={**general, **own},
        request=schemas[request["$ref"]] if request else None,
        response=schemas[response["$ref"]] if response else None,
        scopes=frozenset(source.get("scopes", ())),
        merges=source["httpMethod"] == "PATCH" or "patch semantics" in source.get("description", ""),
    )


_VARIABLE = re.compile(r"\{\+?(\w+)\}(.*)\Z")


class Routes:
    """Finds the method of a verb and a path among those of all APIs."""

    def __init__(self) -> None:
        self._by_length: dict[tuple[str, int], list[Method]] = {}

    def add(self, api: Api) -> None:
        """Make the methods of an API known. A path of fewer variables is tried first."""
        for method in api.methods.values():
            same = self._by_length.setdefault((method.verb, len(method.path)), [])
            same.append(method)
            same.sort(key=lambda each: sum(part.startswith("{") for part in each.path))

    def find(self, verb: str, segments: list[str]) -> tuple[Method, dict[str, str]]:
        """Find a method, and the values in its path (still quoted). Raises a Refusal, 404, for anything unknown."""
        for method in self._by_length.get((verb, len(segments)), ()):
            found = _match(method.path, segments)
            if found is not None:
                return method, found
        raise not_found()


def _match(path: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for part, segment in zip(path, segments, strict=True):
        variable = _VARIABLE.match(part)
        if variable is None:
            if part != segment:
                return None
            continue
        name, suffix = variable[1], variable[2]
        value = segment.removesuffix(suffix)
        if not value or (suffix and value == segment):
            return None
        found[name] = value
    return found


def unimplemented(method: Method) -> Refusal:
    """Refuse what Google has and the double does not."""
    return Refusal(501, "notImplemented", f"The double does not keep {method.id}.")
