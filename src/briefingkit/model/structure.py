"""The model as plain data, in the form of the file, and back: exact in both directions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import NoneType
from typing import Any, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError, IterableValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from briefingkit.errors import ModelError, TextError
from briefingkit.model.briefing import Briefing
from briefingkit.model.forms import FORMAT, file_names, short_form, written_form
from briefingkit.model.people import Person
from briefingkit.model.place import FromTarget
from briefingkit.model.problems import refusal
from briefingkit.model.scalars import (
    READERS,
    WRITERS,
    kind_of,
    read_address,
    read_local,
    read_moment,
    source_language,
)
from briefingkit.model.schedule import Offset
from briefingkit.text import LocalizedUrl
from briefingkit.text.language import canonical

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


def structure(data: Mapping[str, Any]) -> Briefing:
    """Build a briefing from data in the form of the file: strings, lists and mappings; numbers and booleans too.

    Raises ModelError; its `problems` hold everything that is wrong, each with its path ("agenda.2.title.fr").
    """
    try:
        with source_language(_first_language(data)):
            return converter().structure(data, Briefing)
    except (BaseValidationError, ModelError, TextError) as error:
        raise refusal(error) from error


def _first_language(data: object) -> str:
    languages = data.get("languages") if isinstance(data, Mapping) else None
    try:
        return canonical(languages[0]) if isinstance(languages, list | tuple) else "en"
    except (TextError, LookupError, TypeError, AttributeError):
        return "en"  # what is wrong with the languages is told under their own name


def unstructure(briefing: Briefing) -> dict[str, Any]:
    """Write a briefing as data that JSON and YAML hold, in the file's form and order; what is empty is left out."""
    data: dict[str, Any] = converter().unstructure(briefing)
    return {"format": FORMAT, **data}


@lru_cache(maxsize=1)
def converter() -> Converter:
    """Give the one converter between the model and plain data; integrations structure their settings with it too."""
    made = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, read in READERS.items():
        made.register_structure_hook(kind, read)
    for kind, write in WRITERS.items():
        made.register_unstructure_hook(kind, write)
    made.register_structure_hook_func(_is_union(date, datetime), lambda value, _: read_local(value))
    made.register_structure_hook_func(_is_union(Offset, datetime), lambda value, _: read_moment(value))
    made.register_structure_hook_func(
        _is_union(LocalizedUrl, FromTarget), lambda value, _: read_address(value)
    )
    made.register_structure_hook_factory(_is_list, lambda kind: _list_reader(made, kind))
    made.register_unstructure_hook_factory(_is_list, lambda kind: _list_writer(made, kind))
    made.register_structure_hook_factory(is_plain_class, lambda kind: _class_reader(made, kind))
    made.register_unstructure_hook_factory(is_plain_class, lambda kind: _class_writer(made, kind))
    return made


def is_plain_class(kind: Any) -> bool:
    """Tell an attrs class that is read field by field from one that is read as a whole, such as a text."""
    return isinstance(kind, type) and attrs.has(kind) and kind not in READERS


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
            return tuple(_each(value.items(), lambda key, one: read(_with_key(key, one), element), kind))
        if isinstance(value, list | tuple) and not keyed:
            return tuple(_each(enumerate(value), lambda _, one: read(one, element), kind))
        raise ModelError(f"a {'mapping of keys' if keyed else 'list'} is expected, not {kind_of(value)}")

    return structure_list


def _with_key(key: object, value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    if "key" in value:
        raise ModelError("the key stands before it, and nowhere else", field="key")
    return {"key": str(key), **value}


def _each(pairs: Iterable[tuple[Any, Any]], read: Callable[[Any, Any], Any], kind: Any) -> Iterator[Any]:
    """Read each, and raise all the errors at once with the index or key of each in its notes, as cattrs does."""
    errors: list[Exception] = []
    for index, value in pairs:
        try:
            yield read(index, value)
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
    known = {file_names(kind).get(each.name, each.name) for each in attrs.fields(kind)}

    def structure_class(value: object, _: object) -> Any:
        if isinstance(value, kind):
            return value
        data = short_form(kind, value)
        if not isinstance(data, Mapping):
            raise ModelError(f"a mapping of fields is expected here, not {kind_of(data)}")
        return read(
            {name: given for name, given in data.items() if given is not None or name not in known}, kind
        )

    return structure_class


def _class_writer(made: Converter, kind: Any) -> Callable[[Any], Any]:
    renames: dict[str, Any] = {name: override(rename=given) for name, given in file_names(kind).items()}
    if kind is Briefing:
        renames["status"] = override(omit_if_default=False)
    write = make_dict_unstructure_fn(kind, made, _cattrs_omit_if_default=True, **renames)
    finish = written_form(kind)
    return (lambda value: finish(value, write(value))) if finish else write
