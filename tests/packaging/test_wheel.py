import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from briefingkit.text.phrases import SHIPPED

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # No isolation: the backend and Babel are in the development environment, and tests use no network.
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    ended = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return folder / ended.stdout.split()[-1]


def test_the_wheel_holds_the_compiled_catalogues_that_git_ignores(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    assert {f"briefingkit/text/locale/{tag}.mo" for tag in SHIPPED} <= names


def test_every_package_in_the_wheel_says_that_it_has_types(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    packages = {top for name in names if (top := name.partition("/")[0]).isidentifier()}
    assert {"briefingkit", "briefingkit_files", "briefingkit_mail"} <= packages
    assert {package for package in packages if f"{package}/py.typed" not in names} == set()


def test_phrases_are_said_from_the_wheel_alone(wheel: Path) -> None:
    script = """
import briefingkit.text.phrases as phrases, sys
assert ".whl" in phrases.__file__, phrases.__file__
assert phrases.phrase("Agenda", "fr") == "Ordre du jour"
assert "babel" not in sys.modules
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(wheel)},
        cwd=wheel.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_wheel_ships_no_tests_and_no_leftovers(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert [
        name for name in names if name.startswith(("tests", "build_hooks")) or name.endswith(".partial")
    ] == []
