"""The fonts of a certificate: found for the scripts that its texts are in, among the user's own and the system's.

A PDF holds its fonts, so that it looks the same everywhere. Which font serves a script is told by the characters it
has; Han is written differently in Chinese, Japanese and Korean, and the text's language decides. A script for which
nothing is found is an error that says what to install: a box in the place of somebody's name is no certificate.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from attrs import frozen

from briefingkit.errors import RegistrationError
from briefingkit.text.language import canonical

__all__ = ["Font", "fonts_for", "system_folders"]

_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
_NO_SCRIPT = frozenset(("Zyyy", "Zinh", "Zzzz"))
_LATIN = ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "segoeui.ttf")
_HAN = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "SourceHanSansSC-Regular.otf",
    "PingFang.ttc",
    "msyh.ttc",
)
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "Latn": _LATIN,
    "Cyrl": _LATIN,
    "Grek": _LATIN,
    "Arab": ("NotoNaskhArabic-Regular.ttf", "NotoSansArabic-Regular.ttf", "DejaVuSans.ttf", "arial.ttf"),
    **dict.fromkeys(("Hani", "Hira", "Kana", "Hang", "Bopo"), _HAN),
}
_PACKAGES = dict.fromkeys(("Hani", "Hira", "Kana", "Hang", "Bopo"), "fonts-noto-cjk")
# Families that a collection of Han fonts tells apart, by what their names end with.
_FACES = {"ja": "JP", "ko": "KR", "zh-Hant": "TC", "zh-TW": "TC", "zh-HK": "HK"}
_SIMPLIFIED = "SC"
_FAMILY = 1  # of the OpenType name table


@frozen
class Font:
    """A font's file, and which of a collection it is."""

    path: Path
    face: int = 0


def system_folders() -> tuple[Path, ...]:
    """Give the folders where Linux, macOS and Windows keep fonts, and those of the user."""
    home = Path.home()
    known = (
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / "Library/Fonts",
        Path("/Library/Fonts"),
        Path("/System/Library/Fonts"),
        Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
    )
    return tuple(folder for folder in known if folder.is_dir())


def fonts_for(
    text: str, language: str, *, own: Sequence[Path] = (), folders: Sequence[Path] | None = None
) -> tuple[Font, ...]:
    """Find fonts that together have every character of a text, that of the script with the most of them first.

    `language` says how Han is written. `own` are files or folders of the user's, which come before the system's
    (`folders`). RegistrationError, with every script that has none, and what to install.
    """
    from fontTools.unicodedata import script

    needed: dict[str, set[str]] = {}
    for character in text:
        needed.setdefault(script(character), set()).add(character)
    scripts = sorted(needed.keys() - _NO_SCRIPT, key=lambda code: (-len(needed[code]), code))
    stock = _Stock(tuple(own), system_folders() if folders is None else tuple(folders), language)
    found, missing = dict[Font, None](), list[str]()
    for code in scripts or ["Latn"]:
        font = stock.covering(code, needed.get(code, set()))
        if font is None:
            missing.append(_advice(code))
        else:
            found[font] = None
    marks = {each for code in _NO_SCRIPT for each in needed.get(code, ()) if each.isprintable()} - {" "}
    left = marks.difference(*(_characters(font) for font in found))
    if not missing and left:
        font = stock.covering("Latn", left)
        if font is None:
            signs = ", ".join(f"U+{ord(each):04X}" for each in sorted(left)[:5])
            missing.append(f"no font here has {signs}: give --fonts one that does")
        else:
            found[font] = None
    if missing:
        raise RegistrationError("\n".join(missing))
    return tuple(found)


@frozen
class _Stock:
    """The fonts that there are, for a text in one language."""

    own: tuple[Path, ...]
    folders: tuple[Path, ...]
    language: str

    def covering(self, code: str, characters: set[str]) -> Font | None:
        """Give the first font that has all of some characters of a script."""
        return next((font for font in self._candidates(code) if characters <= _characters(font)), None)

    def _candidates(self, code: str) -> Iterator[Font]:
        for path in _files(self.own):
            yield self._face(path)
        by_name = _by_name(self.folders)
        for name in (*_KNOWN.get(code, ()), *_of_noto(code)):
            found = by_name.get(name.lower())
            if found is not None:
                yield self._face(found)

    def _face(self, path: Path) -> Font:
        return (
            Font(path, _face_for(path, self.language))
            if path.suffix.lower() in {".ttc", ".otc"}
            else Font(path)
        )


def _of_noto(code: str) -> tuple[str, ...]:
    """Name the fonts that Noto has for a script: they are called after it."""
    name = _script_name(code).replace(" ", "")
    return tuple(
        f"Noto{style}{name}-Regular.{suffix}" for style in ("Sans", "Serif") for suffix in ("ttf", "otf")
    )


def _script_name(code: str) -> str:
    from fontTools.unicodedata import script_name

    return str(script_name(code, default=code))


def _advice(code: str) -> str:
    known = _KNOWN.get(code) or _of_noto(code)
    package = _PACKAGES.get(code, "fonts-noto-core")
    return (
        f"no font here has the characters of the {_script_name(code)} script that are needed: install {known[0]} "
        f"(on Debian and Ubuntu: {package}), or give --fonts a font that has them"
    )


@lru_cache(maxsize=8)
def _files(places: tuple[Path, ...]) -> tuple[Path, ...]:
    """Give the font files at some places, each of which is a file or a folder."""
    return tuple(
        path
        for place in places
        for path in ([place] if place.is_file() else sorted(place.rglob("*")))
        if path.suffix.lower() in _SUFFIXES and path.is_file()
    )


@lru_cache(maxsize=8)
def _by_name(folders: tuple[Path, ...]) -> Mapping[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        for where, _, names in os.walk(folder):
            for name in names:
                if name.lower().endswith(_SUFFIXES):
                    found.setdefault(name.lower(), Path(where, name))
    return found


@lru_cache(maxsize=64)
def _characters(font: Font) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    try:
        with font.path.open("rb") as file, TTFont(file, fontNumber=font.face, lazy=True) as read:
            return frozenset(map(chr, read.getBestCmap() or ()))
    except Exception:  # noqa: BLE001 - a file that is no font, or half of one, breaks in any way, and has nothing
        return frozenset()


@lru_cache(maxsize=64)
def _face_for(path: Path, language: str) -> int:
    """Choose the font of a collection that is for the language, by the end of its family's name."""
    from fontTools.ttLib import TTCollection

    tag = canonical(language)
    wanted = _FACES.get(tag) or _FACES.get(tag.partition("-")[0], _SIMPLIFIED)
    try:
        with path.open("rb") as file, TTCollection(file, lazy=True) as collection:
            names = [str(face["name"].getDebugName(_FAMILY) or "") for face in collection.fonts]
    except Exception:  # noqa: BLE001 - as above
        return 0
    fitting = [
        index for index, name in enumerate(names) if name.endswith(f" {wanted}") and "Mono" not in name
    ]
    return fitting[0] if fitting else 0
