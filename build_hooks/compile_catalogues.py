"""Compiles the phrase catalogues (text/locale/*.po) to .mo whenever the package is built or installed, editable too."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("src/briefingkit/text/locale")


class CatalogueBuildHook(BuildHookInterface[Any]):
    """Writes one .mo beside each .po and puts it in the wheel although git ignores it."""

    PLUGIN_NAME = "compile-catalogues"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are gathered; `version` ("standard" or "editable") makes no difference."""
        del version
        for source in sorted((Path(self.root) / LOCALE).glob("*.po")):
            with source.open("rb") as po:
                catalogue = read_po(po, locale=source.stem, abort_invalid=True)
            with source.with_suffix(".mo").open("wb") as mo:
                write_mo(mo, catalogue)
        build_data["artifacts"].append(f"{LOCALE.as_posix()}/*.mo")

    def clean(self, versions: list[str]) -> None:
        """Remove what `initialize` wrote."""
        del versions
        for compiled in (Path(self.root) / LOCALE).glob("*.mo"):
            compiled.unlink()
