import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/publish.py"))


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def copied(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return Path(shutil.copytree(EXAMPLES / request.param, tmp_path / request.param))


@pytest.mark.parametrize("copied", FOLDERS, indirect=True)
def test_an_example_prints_what_it_says_it_does(copied: Path) -> None:
    ran = _run(copied, "publish.py")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (copied / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("copied", FOLDERS, indirect=True)
def test_an_example_has_nothing_to_do_the_second_time(copied: Path) -> None:
    assert _run(copied, "publish.py").returncode == 0
    assert "to create" not in _run(copied, "publish.py").stdout


@pytest.mark.parametrize("copied", FOLDERS, indirect=True)
def test_an_example_passes_check_without_a_finding(copied: Path) -> None:
    ran = _run(copied, "-m", "briefingkit", "check", "--strict")
    assert (ran.returncode, "0 errors, 0 warnings" in ran.stdout) == (0, True), ran.stdout


@pytest.mark.parametrize("copied", ["noticeboard"], indirect=True)
def test_the_integration_of_ones_own_keeps_the_contract(copied: Path) -> None:
    ran = _run(copied, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout


def test_every_example_is_found() -> None:
    assert {"noticeboard", "programme"} <= set(FOLDERS)
