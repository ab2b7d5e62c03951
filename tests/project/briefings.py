"""The files of a project with one folder to publish in, changed as a test needs them."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from briefingkit.project import Project, open_project

from ..night_buses import BRIEFING, PROJECT, SITE

NOW = datetime(2027, 1, 5, 9, 30, tzinfo=UTC)
SITE_PROJECT = PROJECT + SITE


def put(folder: Path, name: str, **lines: str) -> Path:
    """Write a briefing of this name, some of its lines otherwise."""
    text = BRIEFING.replace("night-buses", name)
    for field, value in lines.items():
        kept = [line for line in text.splitlines() if not line.startswith(f"{field}:")]
        text = "\n".join([*kept, f"{field}: {value}", ""])
    path = folder / f"{name}.briefing.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def settings(folder: Path, text: str) -> Project:
    """Open a project whose file says just this."""
    (folder / "briefingkit.yaml").write_text(dedent(text), encoding="utf-8")
    return open_project(folder, clock=lambda: NOW)
