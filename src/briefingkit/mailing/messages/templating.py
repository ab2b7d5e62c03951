"""Mail templates: the package's own, a user's in their place, and the bounds of what either may do.

A template is Jinja2, sandboxed; those of HTML escape what they insert. A user's template replaces the package's of the
same name and may build on it: `{% extends "briefingkit/mail.html.j2" %}`. No file is read: the sources are passed in.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from briefingkit.mailing.messages.budget import Exhausted, budget
from briefingkit.rendering.templates import FAULTS, SUFFIX, Templates, failure, finder, shipped

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["chosen", "fill"]


def chosen(templates: Templates, part: str, *names: str) -> str:
    """Choose the template of a part (`html`, `txt`, `subject`, `css`): the user's of the first name that has one."""
    held = {name for name, _ in templates.sources}
    for name in names:
        if f"{name}.{part}{SUFFIX}" in held:
            return f"{name}.{part}{SUFFIX}"
    return f"mail.{part}{SUFFIX}"


def fill(templates: Templates, name: str, values: Mapping[str, Any]) -> str:
    """Fill in a template. RenderError, with its file and line, for one that is wrong or does too much."""
    from jinja2 import TemplateError

    try:
        with budget():
            return _environment(templates).get_template(name).render(values)
    except (TemplateError, Exhausted, *FAULTS) as error:
        raise failure(templates, name, error) from error


@lru_cache(maxsize=32)
def _environment(templates: Templates) -> "Environment":
    """Compile once for each set of templates: an environment keeps what it has compiled."""
    from briefingkit.mailing.messages.sandbox import sandbox

    return sandbox(finder(dict(templates.sources), shipped("briefingkit.mailing.messages")))
