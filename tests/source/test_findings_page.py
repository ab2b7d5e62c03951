"""The page of findings says what the table of codes says, and each of its examples gives its finding."""

import re
from pathlib import Path

import pytest

from briefingkit.configured import check_names
from briefingkit.errors import Finding
from briefingkit.source import CODES, check_all, find, load_tree
from briefingkit.source.project_file import TargetSettings, loads_project_file

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
SECTION = re.compile(
    r"^### (?P<code>[EW]\d{3}) (?P<title>.+)\n\n(?P<why>.+) \*(?P<fix>.+)\*\n(?P<rest>(?:(?!^##).*\n?)*)",
    re.MULTILINE,
)
BLOCK = re.compile(r"^```(?P<kind>[a-z ]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = {match["code"]: match for match in SECTION.finditer(PAGE)}
BASE = next(block["text"] for block in BLOCK.finditer(PAGE) if block["kind"] == "yaml base")
WITHOUT_EXAMPLE = {"E001", "E002", "E003", "E008"}  # they are about what no page can show
PO_HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def test_every_code_stands_on_the_page_in_the_words_of_the_table() -> None:
    assert list(SECTIONS) == list(CODES)
    for code, section in SECTIONS.items():
        held = CODES[code]
        assert (section["title"], section["why"], section["fix"]) == (held.title, held.why, held.fix)


def with_base(lines: str) -> str:
    given = {line.partition(":")[0] for line in lines.splitlines()}
    return "".join(f"{line}\n" for line in BASE.splitlines() if line.partition(":")[0] not in given) + lines


def checked(section: re.Match[str], folder: Path) -> tuple[Finding, ...]:
    """Write the blocks of a section as files and check them together."""
    blocks = [(block["kind"], block["text"]) for block in BLOCK.finditer(section["rest"])]
    texts = [text for kind, text in blocks if kind == "yaml"] or [""]
    for index, text in enumerate(texts):
        (folder / f"{index}.briefing.yaml").write_text(with_base(text), encoding="utf-8")
    targets: tuple[TargetSettings, ...] = ()
    findings: tuple[Finding, ...] = ()
    for kind, text in blocks:
        if kind == "po":
            (folder / "translations").mkdir()
            (folder / "translations" / "fr.po").write_text(PO_HEADER + text, encoding="utf-8")
        elif kind == "yaml project":
            read = loads_project_file(text)
            findings += read.findings
            if read.project is not None:
                targets = read.project.targets
                findings += tuple(check_names(read.tree))
    return (*findings, *check_all(load_tree(find(folder)), targets=targets))


def test_the_briefing_of_the_examples_is_without_findings(tmp_path: Path) -> None:
    (tmp_path / "briefing.yaml").write_text(BASE, encoding="utf-8")
    assert check_all(load_tree(find(tmp_path))) == ()


@pytest.mark.parametrize("code", [code for code in CODES if code not in WITHOUT_EXAMPLE])
def test_the_example_gives_its_finding(code: str, tmp_path: Path) -> None:
    found = checked(SECTIONS[code], tmp_path)
    assert code in {finding.code for finding in found}, found
    assert all(finding.position.line for finding in found)
