"""What a command loads is what it costs: `check` runs at every save of a file."""

import json
import subprocess
import sys
from pathlib import Path

from ..night_buses import edit

NOT_FOR_CHECK = {
    "alembic", "briefingkit.notes", "briefingkit.publish", "briefingkit.registry", "briefingkit.rendering",
    "briefingkit.source.diagnose", "briefingkit.store", "briefingkit_files", "email", "hypothesis", "icalendar",
    "importlib.metadata", "jinja2", "markdown_it", "polib", "requests", "ruamel", "socket", "sqlalchemy", "sqlite3",
    "ssl", "subprocess", "urllib.request",
}  # fmt: skip


# What it takes to look for integrations: the registry, and the standard library's reading of what is installed.
LOOKING = {"briefingkit.registry", "email", "importlib.metadata", "socket"}


def _loaded(folder: Path, *arguments: str, code: int) -> set[str]:
    """Run a whole command in a process of its own and tell which modules it had loaded at its end."""
    program = f"""
import json, sys
from briefingkit.cli import main
try:
    main({list(arguments)!r})
except SystemExit as leaving:
    assert leaving.code == {code}, leaving.code
print(json.dumps(list(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr))


def test_checking_a_file_loads_no_store_no_renderer_and_looks_for_no_integration(home: Path) -> None:
    assert _loaded(home, "check", "briefing.yaml", "--json", code=0) & NOT_FOR_CHECK == set()


def test_checking_a_project_looks_for_integrations_and_loads_none(home: Path) -> None:
    assert _loaded(home, "check", code=0) & NOT_FOR_CHECK <= LOOKING


def test_a_mistake_is_diagnosed_without_more_than_that(home: Path) -> None:
    edit(home / "briefing.yaml", "Europe/Brussels", "Europe/Brusels")
    allowed = {"briefingkit.source.diagnose"}
    assert _loaded(home, "check", "briefing.yaml", code=1) & NOT_FOR_CHECK <= allowed


def test_rendering_text_loads_no_store_and_no_templates(home: Path) -> None:
    loaded = _loaded(home, "render", "night-buses", "--format", "txt", code=0)
    assert loaded & {"sqlalchemy", "sqlite3", "jinja2", "icalendar", "ruamel", "briefingkit.publish"} == set()


def test_completing_a_name_loads_no_briefing_and_no_store(home: Path) -> None:
    program = """
import os, sys
os.environ.update(_BRIEFINGKIT_COMPLETE="bash_complete", COMP_WORDS="briefingkit plan -b ", COMP_CWORD="3")
from briefingkit.cli import main
try:
    main([])
except SystemExit:
    pass
assert not {"sqlalchemy", "jinja2", "icalendar", "babel", "importlib.metadata"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=home, capture_output=True, check=False)
    assert (done.stderr, done.returncode) == (b"", 0)
    assert done.stdout == b"plain,night-buses\n"
