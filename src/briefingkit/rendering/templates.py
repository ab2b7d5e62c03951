"""Templates: the package's own, a user's in their place, and what is wrong with one. Filling in those of pages.

A template is Jinja2, sandboxed and autoescaped, and an unknown name in it is an error. One of the user's replaces the
package's of the same name, and may build on it: `{% extends "briefingkit/page.html.j2" %}`. Rendering reads no file of
the user's: the sources are passed in.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import Position, RenderError

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = [
    "BUILT_IN",
    "FAULTS",
    "SUFFIX",
    "Templates",
    "failure",
    "fill",
    "finder",
    "shipped",
    "template_digest",
]

SUFFIX = ".j2"
"""What the name of a template ends with."""

BUILT_IN = "briefingkit/"
"""The prefix under which a user's template reaches the package's own."""

FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What a template that is wrong may raise, beside Jinja2's own errors."""

_PACKAGE = "briefingkit.rendering"
_REVISION = "1"
"""Raised when the code around the templates changes what they make, so that pages are made again."""


def _sorted_items(sources: "Mapping[str, str] | tuple[tuple[str, str], ...]") -> tuple[tuple[str, str], ...]:
    return tuple(sorted(sources.items())) if isinstance(sources, Mapping) else sources


@frozen
class Templates:
    """A user's templates: source by name, such as `page.html.j2`; `folder` is where they are from, for messages."""

    sources: tuple[tuple[str, str], ...] = field(default=(), converter=_sorted_items, repr=False)
    folder: str | None = None


def template_digest(templates: Templates | None = None) -> str:
    """Hash the templates in use, the package's and the user's: when it changes, pages are to be made again."""
    digest = sha256(_REVISION.encode())
    for name, source in (*sorted(shipped(_PACKAGE).items()), *(templates or Templates()).sources):
        digest.update(f"\0{name}\0{source}".encode())
    return digest.hexdigest()


def fill(templates: Templates | None, name: str, values: Mapping[str, Any]) -> str:
    """Fill in a template. RenderError, with its file and line, for a template that is wrong."""
    from jinja2 import TemplateError

    templates = templates or Templates()
    try:
        return _environment(templates).get_template(name).render(values)
    except RenderError:
        raise
    except (TemplateError, *FAULTS) as error:
        raise failure(templates, name, error) from error


def failure(templates: Templates, name: str, error: Exception) -> RenderError:
    """Say what is wrong with a template that was to be filled in by its `name`, and in which file and line."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    where, line, message = *_place(error, name), str(error)
    if isinstance(error, TemplateSyntaxError):
        where, line, message = error.name or name, error.lineno, str(error.message)
    elif isinstance(error, TemplateNotFound):
        message = f"there is no template {message}"
    elif isinstance(error, RecursionError):
        message = "it calls itself"
    own = where in dict(templates.sources)
    file = f"{templates.folder}/{where}" if own and templates.folder else where
    return RenderError(f"{Position(file, line)}: the template fails: {message}")


def _place(error: BaseException, name: str) -> tuple[str, int | None]:
    """Find the template and line in the traceback, which Jinja2 rewrites to name them."""
    where, line = name, None
    step = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file.endswith(SUFFIX):
            where, line = file, step.tb_lineno
        step = step.tb_next
    return where, line


@lru_cache(maxsize=8)
def shipped(package: str) -> Mapping[str, str]:
    """Read the templates that a package brings, by name."""
    folder = files(package).joinpath("templates")
    found = sorted((entry for entry in folder.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    return {entry.name: entry.read_text(encoding="utf-8") for entry in found}


def finder(
    sources: Mapping[str, str], own: Mapping[str, str]
) -> Callable[[str], tuple[str, str, None] | None]:
    """Give what finds a template for Jinja2: the user's before the package's own, which `BUILT_IN` reaches too."""

    def find(name: str) -> tuple[str, str, None] | None:
        built_in = name.removeprefix(BUILT_IN)
        source = own.get(built_in) if name.startswith(BUILT_IN) else sources.get(name, own.get(name))
        return None if source is None else (source, name, None)

    return find


@lru_cache(maxsize=32)
def _environment(templates: Templates) -> "Environment":
    """Compile once for each set of templates: an environment keeps what it has compiled."""
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(finder(dict(templates.sources), shipped(_PACKAGE))),
        auto_reload=False,
    )
    made.globals.clear()  # no range or lipsum to fill a memory with, and nothing random
    return made
