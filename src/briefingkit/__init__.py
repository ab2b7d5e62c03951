"""briefingkit: hold a briefing once, as a typed multilingual model, and publish it everywhere with plan and apply.

    import briefingkit as bk

    project = bk.open("briefingkit.yaml")
    report = project.apply(project.plan())

Names load when they are first used (PEP 562), so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from briefingkit._version import __version__

if TYPE_CHECKING:
    from briefingkit.errors import BriefingkitError as BriefingkitError
    from briefingkit.errors import Finding as Finding
    from briefingkit.model import Access as Access
    from briefingkit.model import Briefing as Briefing
    from briefingkit.model import Programme as Programme
    from briefingkit.model import Publication as Publication
    from briefingkit.model import structure as structure
    from briefingkit.model import unstructure as unstructure
    from briefingkit.notes import draft as draft
    from briefingkit.project import Project as Project
    from briefingkit.project import load as load
    from briefingkit.project import open_project as open
    from briefingkit.rendering import render as render
    from briefingkit.source import dump as dump
    from briefingkit.text import LocalizedUrl as LocalizedUrl
    from briefingkit.text import MultilingualText as MultilingualText
    from briefingkit.text import Name as Name
    from briefingkit.text.fallback import Fallback as Fallback

__all__ = [
    "Access",
    "Briefing",
    "BriefingkitError",
    "Fallback",
    "Finding",
    "LocalizedUrl",
    "MultilingualText",
    "Name",
    "Programme",
    "Project",
    "Publication",
    "__version__",
    "draft",
    "dump",
    "load",
    "open",
    "render",
    "structure",
    "unstructure",
]

_HOMES = {
    "Access": "model",
    "Briefing": "model",
    "BriefingkitError": "errors",
    "Fallback": "text.fallback",
    "Finding": "errors",
    "LocalizedUrl": "text",
    "MultilingualText": "text",
    "Name": "text",
    "Programme": "model",
    "Project": "project",
    "Publication": "model",
    "draft": "notes",
    "dump": "source",
    "load": "project",
    "open": "project",
    "render": "rendering",
    "structure": "model",
    "unstructure": "model",
}
_NAMES_AT_HOME = {"open": "open_project"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOMES[name]}")
    value = globals()[name] = getattr(module, _NAMES_AT_HOME.get(name, name))
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
