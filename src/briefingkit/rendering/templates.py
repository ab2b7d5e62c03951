"""Page templates: the package's own, and a user's in their place.

A template is Jinja2, sandboxed and autoescaped, and an unknown name in it is an error. One of the user's replaces the
package's of the same name, and may build on it: `{% extends "briefingkit/page.html.j2" %}`. Rendering reads no file of
the user's: the sources are passed in.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import Position, RenderError

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["BUILT_IN", "SUFFIX", "Templates", "fill", "template_digest"]

SUFFIX = ".j2"
"""What the name of a template ends with."""

BUILT_IN = "briefingkit/"
"""The prefix under which a user's template reaches the package's own."""

_FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
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
    for name, source in (*sorted(_own().items()), *(templates or Templates()).sources):
        digest.update(f"\0{name}\0{source}".encode())
    return digest.hexdigest()


def fill(templates: Templates | None, name: str, values: Mapping[str, Any]) -> str:
    """Fill in a template. RenderError, with its file and line, for a template that is wrong."""
    from jinja2 import TemplateError, TemplateSyntaxError

    templates = templates or Templates()
    try:
        return _environment(templates).get_template(name).render(values)
    except TemplateSyntaxError as error:
        raise _broken(templates, error.name or name, error.lineno, str(error.message)) from error
    except RenderError:
        raise
    except (TemplateError, *_FAULTS) as error:
        where, line = _place(error, name)
        raise _broken(templates, where, line, str(error)) from error


def _broken(templates: Templates, name: str, line: int | None, message: str) -> RenderError:
    own = name in dict(templates.sources)
    file = f"{templates.folder}/{name}" if own and templates.folder else name
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


@lru_cache(maxsize=1)
def _own() -> Mapping[str, str]:
    folder = files("briefingkit.rendering").joinpath("templates")
    found = sorted((entry for entry in folder.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    return {entry.name: entry.read_text(encoding="utf-8") for entry in found}


@lru_cache(maxsize=32)
def _environment(templates: Templates) -> "Environment":
    """Compile once for each set of templates: an environment keeps what it has compiled."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=_loader(dict(templates.sources)),
        auto_reload=False,
    )
    made.globals.clear()  # no range or lipsum to fill a memory with, and nothing random
    return made


def _loader(sources: Mapping[str, str]) -> Any:
    from jinja2 import FunctionLoader

    own = _own()

    def load(name: str) -> tuple[str, str, None] | None:
        source = (
            own.get(name.removeprefix(BUILT_IN))
            if name.startswith(BUILT_IN)
            else sources.get(name, own.get(name))
        )
        return None if source is None else (source, name, None)

    return FunctionLoader(load)
