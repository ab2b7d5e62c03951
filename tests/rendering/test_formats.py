import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from briefingkit.errors import RenderError, Unpublishable
from briefingkit.model import Publication
from briefingkit.rendering import FORMATS, render
from briefingkit.text.fallback import Fallback

HERE = Path(__file__).parent
SCRIPT = """
import sys, hashlib, yaml
from datetime import UTC, datetime
from pathlib import Path
from briefingkit.model import Publication, structure
from briefingkit.rendering import FORMATS, render
data = yaml.load(Path(sys.argv[1]).read_text(encoding="utf-8"), yaml.BaseLoader)
publication = Publication(structure(data), 2, datetime(2022, 3, 1, 9, tzinfo=UTC))
for form in FORMATS:
    for language in publication.briefing.languages:
        print(form, language, hashlib.sha256(render(publication, form, language)).hexdigest())
"""


def test_every_format_is_written_in_every_language(imrf: Publication) -> None:
    for name, form in FORMATS.items():
        written = {language: render(imrf, name, language) for language in imrf.briefing.languages}
        assert all(written.values())
        assert (len(set(written.values())) == 1) is form.multilingual


def test_the_source_language_is_the_default(imrf: Publication) -> None:
    assert render(imrf, "txt") == render(imrf, "txt", "en")


@pytest.mark.parametrize(
    ("wrong", "meant"), [("htm", "html"), ("HTML", "html"), ("text", "txt"), ("json", "jsonld")]
)
def test_an_unknown_format_is_refused_with_the_one_that_was_meant(
    imrf: Publication, wrong: str, meant: str
) -> None:
    with pytest.raises(RenderError, match=f"did you mean {meant}"):
        render(imrf, wrong)


def test_a_format_that_resembles_none_is_refused_with_all_of_them(imrf: Publication) -> None:
    with pytest.raises(RenderError, match="there are html, txt, md, ics, jsonld, jscalendar"):
        render(imrf, "zzzzzz")


def test_a_language_that_is_not_complete_can_be_refused(make: Callable[..., Publication]) -> None:
    publication = make(background={"en": "Only English"})
    with pytest.raises(Unpublishable, match="background"):
        render(publication, "html", "fr", fallback=Fallback.REFUSE)
    assert b"Only English" in render(publication, "html", "fr")
    assert b"Only English" not in render(publication, "html", "fr", fallback=Fallback.OMIT)


def test_the_same_publication_gives_the_same_bytes_in_any_process_zone_and_locale() -> None:
    surroundings = (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Apia", "LANG": "ar_EG.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
    )
    digests = {_run(one) for one in surroundings}
    assert len(digests) == 1
    assert len(digests.pop().splitlines()) == 4 * len(FORMATS)


def _run(surroundings: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(HERE / "imrf.yaml")],
        env={**os.environ, **surroundings, "PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_importing_the_package_loads_no_template_engine_calendar_or_locale_data() -> None:
    heavy = ("jinja2", "markdown_it", "icalendar", "babel", "langcodes", "markupsafe")
    script = f"import sys, briefingkit.rendering; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
