"""Compiles the phrase catalogues (text/locale/*.po) to .mo whenever the package is built or installed, editable too."""

from io import BytesIO
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
            _compile(source)
        build_data["artifacts"].append(f"{LOCALE.as_posix()}/*.mo")

    def clean(self, versions: list[str]) -> None:
        """Remove what `initialize` wrote."""
        del versions
        for compiled in (Path(self.root) / LOCALE).glob("*.mo"):
            compiled.unlink()


def _compile(source: Path) -> None:
    """Write a catalogue whole or not at all, and only when it has changed: a program may be reading the old one."""
    with source.open("rb") as po:
        catalogue = read_po(po, locale=source.stem, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    target = source.with_suffix(".mo")
    if not target.is_file() or target.read_bytes() != compiled.getvalue():
        partial = target.with_suffix(".mo.partial")
        partial.write_bytes(compiled.getvalue())
        partial.replace(target)
