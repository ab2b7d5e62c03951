"""`briefing.yaml` → a briefing, or everything that keeps it from being one, each with its place."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen
from cattrs.errors import BaseValidationError

from briefingkit.errors import BriefingkitError, Finding, Position, SourceError, TextError
from briefingkit.model import Briefing, structure
from briefingkit.model.structure import source_language
from briefingkit.source.codes import CODES
from briefingkit.source.paths import Path, dotted, keyed, parts
from briefingkit.source.structured import in_order, located, why
from briefingkit.source.translations import Catalogue, Translations, merge, read_catalogues
from briefingkit.source.tree import TRANSLATIONS
from briefingkit.source.yaml_tree import MAX_BYTES, Node, Tree, read_yaml, too_large
from briefingkit.text.language import canonical

if TYPE_CHECKING:
    from briefingkit.source.diagnose import Problem

__all__ = ["Catalogues", "Loaded", "load", "loads", "read_tree"]

_USUAL = 1 << 16
"""Bytes of a file, which few have."""

Catalogues = Callable[[File], tuple[Sequence[Catalogue], Sequence[Finding]]]
"""Reads a folder of translations: what it holds, and what could not be read."""


@frozen
class Loaded:
    """A briefing as its file holds it. `briefing` is None where an error keeps it from being read.

    `path` is the file's name as it was given, and the one that findings show. `folder` is where files that the briefing
    names are looked for; None where it is read from text or a pipe and has none.
    """

    path: str
    briefing: Briefing | None
    findings: tuple[Finding, ...] = ()
    tree: Tree = field(default=Tree("", Node(None, 1, 1, {}, {})), repr=False)
    translations: Translations = field(factory=Translations, repr=False)
    folder: File | None = None

    def require(self) -> Briefing:
        """Give the briefing; SourceError, with every error, where there is none or it has errors."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        if errors or self.briefing is None:
            raise SourceError(errors)
        return self.briefing

    def position(self, path: str | Path) -> Position:
        """Tell where a value stands, by its path of keys or indexes, or the nearest one above it that is there."""
        return self.tree.position(parts(path) if isinstance(path, str) else path)

    def finding(self, code: str, path: Path, message: str, advice: str = "") -> Finding:
        """Say something of the value at a path, with its place."""
        return Finding(code, message, advice, self.position(path), dotted(keyed(self.tree.data, path)))


def load(
    path: str | File, *, namespace: str | None = None, catalogues: Catalogues = read_catalogues
) -> Loaded:
    """Read a briefing and the translations beside it. Never raises for what is in them: the findings say it.

    `namespace` holds where the file gives none. `catalogues` reads a folder of translations; give one that remembers
    when many briefings share a folder.
    """
    file = File(path)
    try:
        tree = read_tree(file)
    except SourceError as error:
        return Loaded(str(path), None, error.findings)
    found = catalogues(file.parent / TRANSLATIONS)
    folder = None if file.is_relative_to("/dev") else file.parent
    return evolve(_loaded(tree, str(path), namespace, *found), folder=folder)


def loads(text: str | bytes, file: str = "briefing.yaml", *, namespace: str | None = None) -> Loaded:
    """Read a briefing from text; `file` is its name in the findings. There are no translations beside it."""
    try:
        tree = read_yaml(text, file)
    except SourceError as error:
        return Loaded(file, None, error.findings)
    return _loaded(tree, file, namespace, (), ())


def read_tree(path: File) -> Tree:
    """Read a YAML file, of which no more is taken into memory than the limit. SourceError where it cannot be read."""
    if _is_pipe(path):
        raise _unreadable(path, "it is a pipe")
    try:
        with path.open("rb") as opened:
            # Room for the largest is not made for each of a thousand small ones.
            content = opened.read(_USUAL)
            if len(content) == _USUAL:
                content += opened.read(MAX_BYTES + 1 - _USUAL)
            size = path.stat().st_size if len(content) > MAX_BYTES else 0
    except (OSError, ValueError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from None
    if size:
        raise too_large(size, str(path))
    return read_yaml(content, str(path))


def _is_pipe(path: File) -> bool:
    """Whether reading might wait for ever: not for the pipes below /dev, by which shells pass what a command writes."""
    try:
        return path.is_fifo() and not path.is_relative_to("/dev")
    except OSError:
        return False


def _unreadable(path: File, why: str) -> SourceError:
    return SourceError((Finding("E001", f"the file cannot be read: {why}", "", Position(str(path), 1, 1)),))


def _loaded(
    tree: Tree, path: str, namespace: str | None, catalogues: Sequence[Catalogue], broken: Sequence[Finding]
) -> Loaded:
    if not isinstance(tree.data, dict):
        message = "the file is empty" if tree.data is None else "the file holds no fields"
        advice = "Start with `format: 1` and `briefing: its-identifier`"
        finding = Finding("E008", message, advice, tree.position(()))
        return Loaded(path, None, (*broken, finding), tree)
    data = tree.data
    if namespace is not None and data.get("namespace") is None:
        data = {**data, "namespace": namespace}
    try:
        briefing = structure(data)
    except (BaseValidationError, BriefingkitError) as error:
        with source_language(_source_language(data)):
            problems = why(error, data, Briefing)
        findings = located(_with_duration(problems, data), tree)
        return Loaded(path, None, in_order((*broken, *findings)), tree)
    briefing, translations, conflicts = merge(briefing, catalogues)
    return Loaded(
        path, briefing, (*broken, *in_order((*conflicts, *unknown_codes(briefing, tree)))), tree, translations
    )


def _source_language(data: dict[str, Any]) -> str:
    """Tell which language plain strings are in; English while the languages themselves are wrong."""
    languages = data.get("languages")
    try:
        return canonical(languages[0]) if isinstance(languages, list) else "en"
    except (TextError, LookupError, TypeError, AttributeError):
        return "en"


def _with_duration(problems: "Iterable[Problem]", data: dict[str, Any]) -> "Iterator[Problem]":
    """Blame the duration for an end that was told from it."""
    told = "duration" in data and data.get("end") is None
    for problem in problems:
        yield evolve(problem, path=("duration",)) if told and problem.path == ("end",) else problem


def unknown_codes(briefing: Briefing, tree: Tree) -> Iterator[Finding]:
    """Name what stands under `allow` and is no warning that could be allowed."""
    for index, code in enumerate(briefing.allow):
        if code not in CODES or not code.startswith("W"):
            message = "an error cannot be allowed" if code in CODES else f"there is no finding {code[:20]!r}"
            position = tree.position(("allow", index))
            yield Finding("E108", message, "Take it off the list", position, f"allow.{index}")
