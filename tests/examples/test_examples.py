"""Examples that publish: each prints what it says, has nothing to do the second time, and passes `check`."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/expected.txt"))
ALONE = sorted(
    set(FOLDERS) - {"own-integration", "workspace-sync"}
)  # those need more around them: see their own tests
PUBLISHING = sorted(path.parent.name for path in EXAMPLES.glob("*/publish.py") if path.parent.name in ALONE)
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def copied(tmp_path: Path, copy_example: Callable[[str, Path], Path], request: pytest.FixtureRequest) -> Path:
    return copy_example(request.param, tmp_path)


@pytest.mark.parametrize("copied", PUBLISHING, indirect=True)
def test_an_example_prints_what_it_says_it_does(copied: Path, run_python: Run) -> None:
    ran = run_python(copied, "publish.py")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (copied / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("copied", PUBLISHING, indirect=True)
def test_an_example_has_nothing_to_do_the_second_time(copied: Path, run_python: Run) -> None:
    assert run_python(copied, "publish.py").returncode == 0
    assert "to create" not in run_python(copied, "publish.py").stdout


@pytest.mark.parametrize("copied", ALONE, indirect=True)
def test_an_example_passes_check_without_a_finding(copied: Path, run_python: Run) -> None:
    ran = run_python(copied, "-m", "briefingkit", "check", "--strict")
    assert (ran.returncode, "0 errors, 0 warnings" in ran.stdout) == (0, True), ran.stdout


def test_every_example_is_found_and_told_of() -> None:
    assert {"own-integration", "programme", "whole-life", "workspace-sync"} <= set(FOLDERS)
    index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \[([a-z-]+)\]\(\1\) \|", index, re.MULTILINE)) == FOLDERS


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_an_examples_page_leads_to_is_there(folder: str) -> None:
    page = EXAMPLES / folder / "README.md"
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]
