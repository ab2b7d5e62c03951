"""A package outside of the tree: installed without a network, found by its entry points, held to the contracts."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(
    tmp_path_factory: pytest.TempPathFactory, copy_example: Callable[[str, Path], Path], run_python: Run
) -> tuple[Path, str]:
    """Install the package beside a copy of the example, and say where Python finds it."""
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    folder = copy_example("own-integration", tmp_path_factory.mktemp("example"))
    place = str(folder.parent / "installed")
    pip = ["pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", "--target", place]
    ran = run_python(folder, "-m", *pip, "./package", PIP_DISABLE_PIP_VERSION_CHECK="1")
    assert ran.returncode == 0, ran.stderr
    assert not list(Path(place).glob("briefingkit*"))
    return folder, place


def test_it_prints_what_it_says_it_does_and_nothing_is_to_do_twice(
    installed: tuple[Path, str], run_python: Run
) -> None:
    folder, place = installed
    ran = run_python(folder, "publish.py", PYTHONPATH=place)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (folder / "expected.txt").read_text(encoding="utf-8")
    assert "to create" not in run_python(folder, "publish.py", PYTHONPATH=place).stdout


def test_the_command_line_knows_it(installed: tuple[Path, str], run_python: Run) -> None:
    folder, place = installed
    listed = run_python(folder, "-m", "briefingkit", "integrations", PYTHONPATH=place).stdout
    assert ["noticeboard", "ready"] in [line.split() for line in listed.splitlines()]
    checked = run_python(folder, "-m", "briefingkit", "check", "--strict", PYTHONPATH=place)
    assert (checked.returncode, "0 errors, 0 warnings" in checked.stdout) == (0, True), checked.stdout


def test_without_it_the_name_is_unknown(installed: tuple[Path, str], run_python: Run) -> None:
    planned = run_python(installed[0], "-m", "briefingkit", "plan")
    assert planned.returncode == 1
    assert "no integration is called noticeboard" in planned.stderr + planned.stdout


def test_a_mistake_in_its_settings_has_a_line(installed: tuple[Path, str], run_python: Run) -> None:
    folder, place = installed
    text = (folder / "briefingkit.yaml").read_text(encoding="utf-8")
    wrong = folder / "wrong.yaml"
    wrong.write_text(text.replace("path: board.json", "pth: board.json"), encoding="utf-8")
    planned = run_python(folder, "-m", "briefingkit", "plan", "--project", "wrong.yaml", PYTHONPATH=place)
    line = 1 + text[: text.index("use: noticeboard")].count("\n")
    assert planned.returncode == 1
    assert f"wrong.yaml:{line}:" in planned.stderr + planned.stdout


def test_its_own_tests_pass(installed: tuple[Path, str], run_python: Run) -> None:
    folder, place = installed
    ran = run_python(folder / "package", "-m", "pytest", "-q", "-p", "no:cacheprovider", PYTHONPATH=place)
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout
