"""Filling in the templates: the package's own, the user's in their place, and the policy that fits the result."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import frozen

from briefingkit.errors import IntegrationError, RenderError
from briefingkit.rendering.markup import Writer
from briefingkit.rendering.templates import BUILT_IN, SUFFIX, Templates, fill, shipped
from briefingkit.source.template_folder import read_templates
from briefingkit.text.language import direction
from briefingkit.text.spaces import unbroken

__all__ = ["PREFIX", "Filled", "fill_page", "templates_in"]

PREFIX = "briefingkit_web/"
"""The prefix under which a template of the user's reaches this package's own."""

_STYLE, _SITE_STYLE = "page.css.j2", "site.css.j2"
_NOTHING_ELSE = "default-src 'none'; base-uri 'none'; form-action 'self'"


@frozen
class Filled:
    """A page, and the Content-Security-Policy that it needs."""

    body: bytes
    policy: str


def templates_in(folder: Path | None) -> Templates:
    """Read the user's templates over the package's own. IntegrationError where they cannot be read.

    The style of the forms comes after that of the pages, whoever wrote it: `page.css.j2` is shared with other targets.
    """
    theirs: dict[str, str] = {}
    if folder is not None:
        try:
            theirs = dict(read_templates(folder, SUFFIX))
        except RenderError as error:
            raise IntegrationError(str(error)) from error
    ours = shipped("briefingkit_web")
    style = theirs.pop(_STYLE, f'{{% include "{BUILT_IN}{_STYLE}" %}}')
    prefixed = {f"{PREFIX}{name}": source for name, source in ours.items()}
    return Templates({**ours, **prefixed, **theirs, _SITE_STYLE: style}, str(folder) if folder else None)


def fill_page(
    templates: Templates, name: str, language: str, values: Mapping[str, Any], marks: Mapping[str, str]
) -> Filled:
    """Fill in a template as a page in a language. RenderError for a template that fails.

    `marks` are the texts of the briefing that are in another language than the page (see `View`).
    """
    policies: list[str] = []

    def policy(css: str) -> str:
        allowed = b64encode(sha256(css.encode()).digest()).decode()
        policies.append(f"{_NOTHING_ELSE}; style-src 'sha256-{allowed}'; img-src 'self' data:")
        return policies[-1]

    everywhere = {
        **Writer(language, marks).vocabulary(),
        "language": language,
        "unbroken": unbroken,
        "direction": direction(language),
        "alternates": (),
        "conditions": "",
        "policy": policy,
    }
    body = fill(templates, name, {**everywhere, **values}).encode()
    return Filled(body, policies[-1] if policies else _NOTHING_ELSE)
