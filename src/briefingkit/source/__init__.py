"""From files to the model, with the place of every mistake, and from the model back into files.

What stands here loads when it is first used: a program that reads one briefing pays for neither the schema nor
the editor of files. `check` is a module, and the function of that name is in it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from briefingkit.source.briefing_file import Loaded, load, loads
    from briefingkit.source.check import check_all
    from briefingkit.source.check_languages import Readiness, readiness
    from briefingkit.source.check_programme import Neighbours, neighbours
    from briefingkit.source.codes import CODES
    from briefingkit.source.project_file import ProjectFile, TargetSettings, load_project_file
    from briefingkit.source.schema import json_schema, project_schema
    from briefingkit.source.text_paths import texts
    from briefingkit.source.translations import extract
    from briefingkit.source.tree import find, load_tree
    from briefingkit.source.writing import dump, rewrite

__all__ = [
    "CODES",
    "Loaded",
    "Neighbours",
    "ProjectFile",
    "Readiness",
    "TargetSettings",
    "check_all",
    "dump",
    "extract",
    "find",
    "json_schema",
    "load",
    "load_project_file",
    "load_tree",
    "loads",
    "neighbours",
    "project_schema",
    "readiness",
    "rewrite",
    "texts",
]

_HOMES = {
    "CODES": "codes",
    "Loaded": "briefing_file",
    "Neighbours": "check_programme",
    "ProjectFile": "project_file",
    "Readiness": "check_languages",
    "TargetSettings": "project_file",
    "json_schema": "schema",
    "check_all": "check",
    "dump": "writing",
    "extract": "translations",
    "find": "tree",
    "load": "briefing_file",
    "load_project_file": "project_file",
    "load_tree": "tree",
    "loads": "briefing_file",
    "neighbours": "check_programme",
    "project_schema": "schema",
    "readiness": "check_languages",
    "rewrite": "writing",
    "texts": "text_paths",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))
