"""Importing briefingkit costs next to nothing: what is heavy loads when it is used."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "alembic", "attr", "attrs", "babel", "cattrs", "click", "email", "hypothesis", "icalendar", "jinja2", "langcodes",
    "markdown_it", "polib", "pytest", "requests", "ruamel", "sqlalchemy", "sqlite3", "urllib3", "yaml", "zoneinfo",
}  # fmt: skip


def _loads(code: str) -> set[str]:
    """Run code in a fresh interpreter and tell which of the heavy packages it loaded."""
    program = f"{code}\nimport json, sys\nprint(json.dumps([n for n in sys.modules if '.' not in n]))"
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    return HEAVY & set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert (
        _loads("import briefingkit; briefingkit.__version__; dir(briefingkit); briefingkit.__all__") == set()
    )


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("briefingkit.errors", {"attr", "attrs"}),
        ("briefingkit.text.fallback", {"attr", "attrs", "zoneinfo"}),
        ("briefingkit.text", {"attr", "attrs", "zoneinfo"}),
        ("briefingkit.model", {"attr", "attrs", "cattrs", "zoneinfo"}),
        ("briefingkit.publish", {"attr", "attrs", "cattrs", "zoneinfo"}),
        ("briefingkit.registry", {"attr", "attrs", "email"}),
        ("briefingkit.cli.app", {"attr", "attrs", "click", "zoneinfo"}),
        ("briefingkit.testing.plugin", {"pytest", "attr", "attrs", "email", "zoneinfo"}),
    ],
)
def test_a_package_loads_only_what_it_is_made_of(module: str, allowed: set[str]) -> None:
    assert _loads(f"import {module}") <= allowed


def test_naming_a_value_loads_no_output_and_no_store() -> None:
    loaded = _loads("import briefingkit as bk; bk.Briefing; bk.MultilingualText; bk.structure")
    assert loaded <= {"attr", "attrs", "cattrs", "zoneinfo"}


def test_checking_a_briefing_loads_no_store_no_calendar_and_no_templates() -> None:
    loaded = _loads("from briefingkit.cli import app, check")
    assert not loaded & {
        "icalendar",
        "jinja2",
        "markdown_it",
        "ruamel",
        "sqlalchemy",
        "sqlite3",
        "hypothesis",
    }


def test_the_help_of_the_command_line_loads_no_command() -> None:
    assert _loads("from briefingkit.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass") <= {
        "attr", "attrs", "click", "zoneinfo",
    }  # fmt: skip
