"""A part of a file as a value of an attrs class, or everything that keeps it from being one, with its places."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from cattrs.errors import BaseValidationError

from briefingkit.errors import BriefingkitError, Finding, ModelError
from briefingkit.model.structure import converter
from briefingkit.source.paths import Path, dotted, keyed, parts
from briefingkit.source.yaml_tree import Tree

if TYPE_CHECKING:
    from briefingkit.source.diagnose import Problem

__all__ = ["in_order", "located", "structure_at", "structure_data", "why"]

T = TypeVar("T")


def structure_at(tree: Tree, path: Path, kind: type[T]) -> tuple[T | None, tuple[Finding, ...]]:
    """Read the value at `path` as an attrs class. None, and why, where it is not one."""
    data = _below(tree.data, path)
    return structure_data({} if data is None else data, kind, tree, path)


def structure_data(data: Any, kind: type[T], tree: Tree, path: Path) -> tuple[T | None, tuple[Finding, ...]]:
    """Read data that stands at `path`, or a part of it, as an attrs class: an integration's settings, for one."""
    try:
        return converter().structure(data, kind), ()
    except (BaseValidationError, BriefingkitError) as error:
        return None, in_order(located(why(error, data, kind), tree, path))


def why(error: Exception, data: Any, kind: type) -> "tuple[Problem, ...]":
    """Tell every reason for which data was refused; what the converter itself said, should the search find nothing."""
    from briefingkit.source.diagnose import Problem, diagnose  # only where something is wrong

    return diagnose(data, kind) or tuple(Problem("E103", path, said) for path, said in _said(error))


def located(problems: "Iterable[Problem]", tree: Tree, base: Path = ()) -> Iterator[Finding]:
    """Turn problems below `base` into findings, with their places in the file."""
    for problem in problems:
        path = (*base, *problem.path)
        position = tree.key_position(path) if problem.at_key else tree.position(path)
        yield Finding(
            problem.code, problem.message, sentence(problem.advice), position, dotted(keyed(tree.data, path))
        )


def sentence(advice: str) -> str:
    """Start advice with a capital, for it stands after a full stop."""
    return advice[:1].upper() + advice[1:]


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings as they stand in their files, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=_place))


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    at = finding.position
    return (at.file or "", at.line or 0, at.column or 0, finding.code, finding.path)


def _said(error: BaseException) -> Iterator[tuple[Path, str]]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _said(inner)
    elif isinstance(error, ModelError):
        yield from ((parts(where), message) for where, message in error.problems)
    else:
        yield (), str(error) or type(error).__name__


def _below(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return None
    return data
