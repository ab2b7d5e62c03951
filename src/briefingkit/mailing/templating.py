"""Mail templates: the package's own, a user's in their place, and the bounds of what either may do.

A template is Jinja2, sandboxed; those of HTML escape what they insert. A user's template replaces the package's of the
same name and may build on it: `{% extends "briefingkit/mail.html.j2" %}`. No file is read: the sources are passed in.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from briefingkit.errors import Position, RenderError
from briefingkit.mailing.budget import Exhausted, budget
from briefingkit.rendering.templates import BUILT_IN, SUFFIX, Templates

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["chosen", "fill"]

_FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)


def chosen(templates: Templates, part: str, *names: str) -> str:
    """Choose the template of a part (`html`, `txt`, `subject`, `css`): the user's of the first name that has one."""
    held = {name for name, _ in templates.sources}
    for name in names:
        if f"{name}.{part}{SUFFIX}" in held:
            return f"{name}.{part}{SUFFIX}"
    return f"mail.{part}{SUFFIX}"


def fill(templates: Templates, name: str, values: Mapping[str, Any]) -> str:
    """Fill in a template. RenderError, with its file and line, for one that is wrong or does too much."""
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        with budget():
            return _environment(templates).get_template(name).render(values)
    except TemplateSyntaxError as error:
        raise _broken(templates, error.name or name, error.lineno, str(error.message)) from error
    except (TemplateError, Exhausted, *_FAULTS) as error:
        where, line = _place(error, name)
        message = "it calls itself" if isinstance(error, RecursionError) else str(error)
        if isinstance(error, TemplateNotFound):
            message = f"there is no template {message}"
        raise _broken(templates, where, line, message) from error


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
    folder = files("briefingkit.mailing").joinpath("templates")
    found = sorted((entry for entry in folder.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    return {entry.name: entry.read_text(encoding="utf-8") for entry in found}


@lru_cache(maxsize=32)
def _environment(templates: Templates) -> "Environment":
    """Compile once for each set of templates: an environment keeps what it has compiled."""
    from briefingkit.mailing.sandbox import sandbox

    return sandbox(_loader(dict(templates.sources)))


def _loader(sources: Mapping[str, str]) -> Callable[[str], tuple[str, str, None] | None]:
    own = _own()

    def load(name: str) -> tuple[str, str, None] | None:
        source = (
            own.get(name.removeprefix(BUILT_IN))
            if name.startswith(BUILT_IN)
            else sources.get(name, own.get(name))
        )
        return None if source is None else (source, name, None)

    return load
