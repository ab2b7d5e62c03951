"""The rules that keep the layers apart hold, and each of them notices when it is broken."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "src/briefingkit",
    *(
        f"integrations/briefingkit_{name}"
        for name in ("caldav", "campaigns", "files", "google", "mail", "web", "workers")
    ),
)
LAYERS, CORE, APART, PURE = (
    "Each layer imports only those below it",
    "The core imports no integration",
    "No integration imports another",
    "What decides does no I/O",
)

pytest.importorskip("importlinter")


def _copied(folder: Path) -> Path:
    for package in PACKAGES:
        skipped = shutil.ignore_patterns("__pycache__", "*.mo", "*.po")
        shutil.copytree(ROOT / package, folder / Path(package).name, ignore=skipped)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _verdicts(folder: Path) -> Mapping[str, str]:
    """Run import-linter over the copies, with the project's own contracts, and tell what became of each."""
    program = (
        "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = {
        name: verdict
        for line in done.stdout.splitlines()
        for name, _, verdict in [line.strip().rpartition(" ")]
        if verdict in {"KEPT", "BROKEN"}
    }
    assert verdicts, done.stdout + done.stderr
    return verdicts


def test_every_contract_holds(tmp_path: Path) -> None:
    assert _verdicts(_copied(tmp_path)) == {
        LAYERS: "KEPT",
        CORE: "KEPT",
        APART: "KEPT",
        PURE: "KEPT",
    }


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("briefingkit/model/agenda.py", "import briefingkit.publish", LAYERS),
        ("briefingkit/source/tree.py", "from briefingkit.rendering import html", LAYERS),
        ("briefingkit/store/rows.py", "from briefingkit.source import paths", LAYERS),
        ("briefingkit/errors.py", "import briefingkit.text", LAYERS),
        ("briefingkit/publish/diff.py", "import briefingkit.cli", LAYERS),
        ("briefingkit/unlisted.py", "X = 1", LAYERS),
        ("briefingkit/cli/app.py", "import briefingkit_files", CORE),
        ("briefingkit/testing/memory.py", "import briefingkit_files", CORE),
        ("briefingkit/cli/demo.py", "import briefingkit_google", CORE),
        ("briefingkit_google/__init__.py", "import briefingkit_files", APART),
        ("briefingkit_caldav/__init__.py", "import briefingkit_google.calendar", APART),
        ("briefingkit/rendering/html.py", "import sqlite3", PURE),
        ("briefingkit/text/language.py", "import subprocess", PURE),
        ("briefingkit/publish/diff.py", "from http import client", PURE),
        ("briefingkit/notes/write.py", "import socket", PURE),
    ],
)
def test_a_forbidden_import_breaks_its_contract_and_no_other(
    tmp_path: Path, module: str, line: str, broken: str
) -> None:
    folder = _copied(tmp_path)
    with (folder / module).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    verdicts = _verdicts(folder)
    assert [name for name, verdict in verdicts.items() if verdict == "BROKEN"] == [broken]


@pytest.mark.parametrize(
    "snippet",
    [
        "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
        "from datetime import date\n\nTODAY = date.today()\n",
        "import time\n\nNOW = time.time()\n",
        "import random\n\nCHANCE = random.random()\n",
        "from uuid import uuid4\n\nNAME = uuid4()\n",
        "import locale\n\nHERE = locale.getlocale()\n",
        "from babel import default_locale\n\nHERE = default_locale()\n",
    ],
    ids=["now", "today", "time", "random", "uuid", "locale", "babel"],
)
def test_clock_chance_and_ambient_locale_are_banned(tmp_path: Path, snippet: str) -> None:
    assert "TID251" in _ruff(tmp_path, snippet)


def test_what_is_passed_in_is_not_banned(tmp_path: Path) -> None:
    assert "TID251" not in _ruff(tmp_path, "from datetime import datetime\n\nX = datetime.fromisoformat\n")


def _ruff(folder: Path, snippet: str) -> str:
    ruff = pytest.importorskip("ruff")
    shutil.copy(ROOT / "pyproject.toml", folder)
    file = folder / "src" / "briefingkit" / "model" / "snippet.py"
    file.parent.mkdir(parents=True)
    file.write_text(snippet, encoding="utf-8")
    done = subprocess.run(
        [ruff.find_ruff_bin(), "check", "--no-cache", "--output-format", "concise", str(file)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
