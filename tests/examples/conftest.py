"""Examples run as somebody would run them: in a copy of their folder, by Python, with the packages that are here."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
Run = Callable[..., subprocess.CompletedProcess[str]]


def _run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="session")
def run_python() -> Run:
    """Give what runs Python in a folder, with variables of its own."""
    return _run


@pytest.fixture(scope="session")
def copy_example() -> Callable[[str, Path], Path]:
    """Give what copies an example, without what it made where it stands."""
    made = shutil.ignore_patterns(
        ".briefingkit", "__pycache__", "board.json", "certificates", "mails", "report.html", "site"
    )

    def copy(name: str, into: Path) -> Path:
        return Path(shutil.copytree(EXAMPLES / name, into / name, ignore=made))

    return copy
