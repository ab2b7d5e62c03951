import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
RunDocument = Callable[[Path, Path], int]

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# Its examples have a meaning of their own, which tests/source/test_findings_page.py checks.
RUN = [path for path in DOCUMENTS if path.name != "findings.md"]


@pytest.mark.parametrize("path", RUN, ids=_name)
def test_a_document_does_what_it_says(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_document: RunDocument
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    run_document(path, tmp_path)
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]  # another document may have a module of the same name


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial/first-briefing.md", "docs/reference/file.md"])
def test_the_main_documents_have_examples(name: str) -> None:
    # A fence that the runner does not know would make a document silent instead of wrong.
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(re.findall("^```(?:python|console|yaml|diff)$", text, re.MULTILINE)) >= 4


def _links(path: Path) -> Iterator[str]:
    prose = _CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    yield from _LINK.findall(prose)


def _anchors(path: Path) -> set[str]:
    """Make the anchors of the headings as the forges do: lower case, punctuation gone, hyphens for spaces."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return {_slug(heading) for heading in _HEADING.findall(text)}


def _slug(heading: str) -> str:
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower().strip()
    kept = "".join(c for c in plain if c in " -_" or unicodedata.category(c)[0] in "LN")
    return kept.replace(" ", "-")


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    dead = []
    for link in _links(path):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            dead.append(link)
    assert dead == []


def test_every_document_is_reached_from_the_index() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "docs" / "README.md"]
    while ahead:
        path = ahead.pop()
        if path not in reached and path.suffix == ".md" and path.exists():
            reached.add(path)
            ahead += [
                (path.parent / link.partition("#")[0]).resolve() for link in _links(path) if "://" not in link
            ]
    assert [_name(path) for path in ROOT.glob("docs/**/*.md") if path not in reached] == []
