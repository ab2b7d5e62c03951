"""What people build on: the public names, and that each room says what it is."""

import importlib
import pickle
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import briefingkit
import briefingkit_files
from briefingkit import errors

PUBLIC = [
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


def _modules(package: ModuleType) -> Iterator[str]:
    yield package.__name__
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield found.name


MODULES = [*_modules(briefingkit), *_modules(briefingkit_files)]


def test_the_public_names_are_these_and_no_others() -> None:
    # A name that goes or changes is a new major release; one that comes belongs in docs/reference/python.md.
    assert list(briefingkit.__all__) == PUBLIC
    assert dir(briefingkit) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(briefingkit, name)
    assert isinstance(value, str) or value.__doc__


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'briefingkit' has no attribute 'nonsense'"):
        _ = briefingkit.nonsense


@pytest.mark.parametrize(
    "before", ["", "import briefingkit.rendering.html", "from briefingkit.rendering import render"]
)
def test_rendering_is_a_call_whatever_was_imported_before(before: str) -> None:
    program = (
        f"{before}\nimport briefingkit as bk\nimport briefingkit.rendering.html\nassert callable(bk.render)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_why_it_is_there_and_what_is_public(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    if not name.endswith("_version"):
        assert isinstance(module.__all__, list | tuple)
        assert [public for public in module.__all__ if not hasattr(module, public)] == []


ERRORS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]


def test_every_error_stands_in_the_tree_below_its_parent() -> None:
    assert errors.__doc__
    drawn: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for line in errors.__doc__.splitlines():
        name = line.strip(" │├└─").partition(" ")[0]
        if not name.isidentifier() or not hasattr(errors, name):
            continue
        column = line.index(name)
        above = [(place, parent) for place, parent in above if place < column]
        drawn[name] = above[-1][1] if above else None
        above.append((column, name))
    assert drawn == {
        each.__name__: None if each is errors.BriefingkitError else each.__bases__[0].__name__
        for each in ERRORS
    }


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_exported_and_is_caught_by_the_root(kind: type[Exception]) -> None:
    assert issubclass(kind, errors.BriefingkitError)
    assert kind.__name__ in errors.__all__


MANY = [errors.PlanRefused, errors.PlanStale, errors.ApplyFailed]


@pytest.mark.parametrize("kind", MANY)
def test_an_error_of_many_reasons_survives_a_process_boundary(kind: type[Exception]) -> None:
    again = pickle.loads(pickle.dumps(kind(("first", "second"))))
    assert str(again) == "first\nsecond"
    assert vars(again) == vars(kind(("first", "second")))


def test_findings_survive_a_process_boundary() -> None:
    error = errors.SourceError([errors.Finding("E001", "Wrong", "Mend it", errors.Position("a.yaml", 1, 2))])
    again = pickle.loads(pickle.dumps(error))
    assert again.findings == error.findings
    assert str(again) == str(error) == "a.yaml:1:2 E001 Wrong. Mend it"
