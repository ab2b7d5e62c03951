"""What reading and checking may load: a job that runs every minute pays for each import."""

import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus" / "good"
HEAVY = {
    "sqlalchemy",
    "icalendar",
    "jinja2",
    "ruamel",
    "polib",
    "markdown_it",
    "click",
    "requests",
    "importlib.metadata",
}


def loaded_by(code: str) -> set[str]:
    listing = f"{code}\nimport sys\nprint(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", listing], check=True, capture_output=True, text=True)
    return set(answer.stdout.split())


def test_checking_a_briefing_loads_nothing_heavy() -> None:
    modules = loaded_by(
        "from briefingkit.source.briefing_file import load\n"
        "from briefingkit.source.check import check\n"
        f"assert check(load({str(CORPUS / 'full.briefing.yaml')!r})) == ()"
    )
    assert "briefingkit.source.check_dates" in modules
    assert modules & {*HEAVY, "babel"} == set()
    assert "briefingkit.source.diagnose" not in modules
    assert "briefingkit.source.schema" not in modules


def test_translations_are_what_loads_the_po_reader(tmp_path: Path) -> None:
    (tmp_path / "briefing.yaml").write_text("briefing: a\nlanguages: [en]\n")
    code = f"from briefingkit.source.briefing_file import load\nload({str(tmp_path / 'briefing.yaml')!r})"
    assert "polib" not in loaded_by(code)
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "fr.po").write_text('msgid ""\nmsgstr ""\n')
    assert "polib" in loaded_by(code)


def test_the_package_itself_loads_none_of_its_modules() -> None:
    assert "briefingkit.source.briefing_file" not in loaded_by("import briefingkit.source")


def test_every_public_name_is_there() -> None:
    import briefingkit.source as package

    assert all(getattr(package, name) is not None for name in package.__all__)
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError):
        _ = package.absent
