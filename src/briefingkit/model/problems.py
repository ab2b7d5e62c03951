"""What kept data from being a value: every leaf of cattrs' tree of errors, in words, with its path in the file."""

from collections.abc import Iterator
from difflib import get_close_matches

import attrs
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from briefingkit.errors import ModelError
from briefingkit.model.forms import file_names

__all__ = ["refusal"]

_SHOWN = 80


def refusal(error: Exception) -> ModelError:
    """Make one error of all that was wrong; `problems` holds each path, its keys and indexes joined with dots."""
    problems = tuple(_leaves(error, ()))
    lines = (f"{path}: {message}" if path else message for path, message in problems)
    return ModelError("; ".join(lines), problems=problems)


def _leaves(error: BaseException, path: tuple[str, ...], kind: object = None) -> Iterator[tuple[str, str]]:
    """Go down the tree; `kind` is the class or list whose reading the error stopped."""
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _leaves(inner, (*path, *_steps(inner, error.cl)), error.cl)
    elif isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(map(str, error.extra_fields)):
            yield ".".join((*path, name[:_SHOWN])), _unknown(name, error.cl)
    elif isinstance(error, ModelError):
        for below, message in error.problems:
            yield ".".join((*path, _in_file(below, kind)) if below else path), message
    elif isinstance(error, KeyError):
        yield ".".join(path), f"{path[-1]} is missing"
    else:
        yield ".".join(path), str(error)


def _in_file(field: str, kind: object) -> str:
    return file_names(kind).get(field, field)


def _steps(error: BaseException, kind: object) -> Iterator[str]:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            yield _in_file(note.name, kind)
        elif isinstance(note, IterableValidationNote):
            yield str(note.index)


def _unknown(name: str, kind: type) -> str:
    known = [_in_file(each.name, kind) for each in attrs.fields(kind)]
    close = get_close_matches(name, known, n=1)
    return f"there is no field {name[:_SHOWN]!r} here" + (f": did you mean {close[0]}?" if close else "")
