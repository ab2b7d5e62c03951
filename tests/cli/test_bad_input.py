"""Whatever stands in a file: an error with its place or an output that is escaped, and never half a folder."""

import json
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from briefingkit.testing.strategies import HOSTILE

from ..commands import Command
from ..night_buses import edit

BAD = sorted((Path(__file__).parents[1] / "source" / "corpus" / "bad").glob("*.yaml"))
PLACE = re.compile(r"^[^:\n]+:\d+:\d+ E\d{3} ", re.MULTILINE)
REFUSED = 1

Snapshot = Callable[[Path], dict[str, bytes]]


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.name.partition(".")[0])
@pytest.mark.parametrize("published", [False, True], ids=["first", "again"])
def test_a_file_that_is_wrong_stops_everything_in_its_place(
    cli: Command, home: Path, snapshot: Snapshot, file: Path, *, published: bool
) -> None:
    if published:
        assert cli("apply", "--yes").code == 0
    (home / "wrong.briefing.yaml").write_bytes(file.read_bytes())
    before = snapshot(home)
    checked, planned, applied = cli("check"), cli("plan"), cli("apply", "--yes", "--delete", "--no-limits")
    assert [checked.code, planned.code, applied.code] == [REFUSED] * 3
    for told in (checked.out, planned.err, applied.err):
        assert PLACE.search(told), told
        assert "wrong.briefing.yaml:" in told
    assert snapshot(home) == before


def wide(_: Path) -> bytes:
    return b"format: 1\n" + b"# a comment that goes on and on\n" * 1_600_000


def nested(_: Path) -> bytes:
    return b"format: 1\ntitle: " + b"[" * 100_000


def laughing(_: Path) -> bytes:
    lines = [b"a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [
        b"a%d: &a%d [%s]" % (level, level, b", ".join([b"*a%d" % (level - 1)] * 10)) for level in range(1, 12)
    ]
    return b"\n".join(lines)


CONTENTS: dict[str, Callable[[Path], bytes]] = {
    "50 MB": wide,
    "nested": nested,
    "billion laughs": laughing,
    "empty": lambda _: b"",
    "blank": lambda _: b"\n\n   \n",
    "NUL": lambda _: b"format: 1\nbriefing: a\0b\n",
    "binary": lambda _: bytes(range(256)) * 40,
    "image": lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "UTF-16": lambda _: "format: 1\nbriefing: x\n".encode("utf-16"),
    "Latin-1": lambda _: "format: 1\ntitle: {fr: Séance}\n".encode("latin-1"),
    "a zip": lambda _: b"PK\x03\x04" + b"\xff" * 100,
    "a number": lambda _: b"42",
    "JSON that ends": lambda _: b'{"format": 1, "briefing": "x"',
    "an object": lambda _: b"!!python/object/apply:os.system ['touch pwned']",
    "CR alone": lambda _: b"format: 1\rbriefing: x\r",
    "an escape sequence": lambda _: b"format: 1\n\x1b]0;pwned\x07: x\n",
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("file", ["briefing.yaml", "briefingkit.yaml", "note.md"])
def test_a_file_of_anything_is_answered_in_a_line_and_changes_nothing(
    cli: Command, home: Path, snapshot: Snapshot, file: str, name: str
) -> None:
    (home / file).write_bytes(CONTENTS[name](home))
    before = snapshot(home)
    if file == "note.md":
        assert cli("draft", file, "--out", "draft.yaml").code in {0, REFUSED}
        (home / "draft.yaml").unlink(missing_ok=True)
    else:
        for command in (["check"], ["plan"], ["apply", "--yes"], ["render", "night-buses"]):
            said = cli(*command)
            if said.code == 0:
                assert (file, name) in HARMLESS, (command, said.out)
                continue
            assert said.code == REFUSED, said
            assert file in said.out + said.err, said
            assert len(said.out + said.err) < 20_000
            assert "\x1b" not in said.out + said.err
        if (home / "site").exists():
            pytest.fail("something was published")
    assert snapshot(home) == before
    assert not (home / "pwned").exists()


HARMLESS = {("briefingkit.yaml", "empty"), ("briefingkit.yaml", "blank")}
"""A project that says nothing is one, though nothing can be published from it."""


def test_a_folder_in_the_place_of_a_project_file_is_named(cli: Command, home: Path) -> None:
    (home / "briefingkit.yaml").unlink()
    (home / "briefingkit.yaml").mkdir()
    said = cli("plan", "--project", home / "briefingkit.yaml")
    assert said.code == REFUSED
    assert "briefingkit.yaml" in said.err


def test_a_folder_in_the_place_of_a_briefing_is_searched_and_found_empty(cli: Command, home: Path) -> None:
    (home / "briefing.yaml").unlink()
    (home / "briefing.yaml").mkdir()
    assert "No briefing was found" in cli("check", "briefing.yaml").out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(cli: Command, home: Path) -> None:
    (home / "briefing.yaml").chmod(0)
    said = cli("check")
    assert said.code == REFUSED
    assert "briefing.yaml" in said.out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_that_nobody_writes_to_keeps_nobody_waiting(cli: Command, home: Path) -> None:
    os.mkfifo(home / "trap.briefing.yaml")
    assert cli("check").code == 0


def told_to_publish_into(home: Path, folder: str) -> None:
    settings = {
        "format": "1",
        "namespace": "a.example",
        "targets": {"site": {"use": "files", "folder": folder}},
    }
    (home / "briefingkit.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


@pytest.mark.parametrize(
    "folder", ["", " ", "a\0b", "site\n", "~/site", "~", "\u202egro.elpmaxe", "s\x1b[2J"]
)
def test_a_target_whose_folder_is_none_is_refused_in_its_place(
    cli: Command, home: Path, snapshot: Snapshot, folder: str
) -> None:
    told_to_publish_into(home, folder)
    before = snapshot(home)
    said = cli("apply", "--yes")
    assert said.code == REFUSED
    assert PLACE.search(said.err), said.err
    assert snapshot(home) == before


def test_a_folder_outside_is_published_into_only_because_its_owner_named_it(
    cli: Command, home: Path, snapshot: Snapshot
) -> None:
    inside, outside = home / "project", home / "www"
    inside.mkdir()
    outside.mkdir()
    (outside / "index.html").write_text("somebody's page")
    (home / "briefing.yaml").rename(inside / "briefing.yaml")
    told_to_publish_into(inside, "../www")
    before = snapshot(outside)
    said = cli("apply", "--yes", "--project", inside)
    assert said.code == REFUSED
    assert "index" in said.err
    assert {name: snapshot(outside)[name] for name in before} == before


@pytest.mark.parametrize(
    "where", ["..", "a/b", "/etc/passwd", "a\\b", "con.", ".hidden", "A", "é", "a--b", "-a", "x" * 65]
)
def test_an_identifier_is_never_a_path(cli: Command, home: Path, snapshot: Snapshot, where: str) -> None:
    edit(home / "briefing.yaml", "night-buses", f"'{where}'")
    before = snapshot(home)
    said = cli("apply", "--yes")
    assert said.code == REFUSED
    assert "briefing.yaml:2:11 E" in said.err
    assert snapshot(home) == before


class Page(HTMLParser):
    """What a browser would run, follow or load on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.run: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, handlers and addresses that are not addresses."""
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "script" and given.get("type") != "application/ld+json":
            self.run.append(tag)
        self.run += [name for name in given if name.startswith("on")]
        for name in ("href", "src", "action"):
            if name in given and not re.match(
                r"(https?:|mailto:|tel:|webcal|#|[\w./-]*$)", given[name] or ""
            ):
                self.run.append(str(given[name]))


HOSTILE_BRIEFING = """\
format: 1
briefing: night-buses
languages: [en]
title: {en: TEXT}
status: confirmed
start: 2027-03-10T15:00
duration: 1h
timezone: Europe/Brussels
track: TEXT
place: {venue: {name: TEXT, address: TEXT}, online: {url: "https://meet.example.org/secret", access: registered}}
organizers: [{key: transit, name: TEXT, role: host}]
partners: [{key: other, name: TEXT}]
contact: {name: TEXT}
people: {okafor: {name: TEXT, position: TEXT, organization: TEXT, email: ada@private.example}}
part_of: {title: TEXT, start: 2027-03-09, end: 2027-03-11}
leads_to: [{title: TEXT, start: 2027-05-16, end: 2027-05-20}]
background: {en: TEXT}
objectives: {en: TEXT}
links: [{key: law, title: TEXT, url: "https://law.example.org"}]
materials: [{key: recording, title: TEXT}]
agenda:
  - {key: figures, title: TEXT, duration: 25m, participants: [{person: okafor}],
     questions: [{key: why, text: TEXT}]}
registration: {fields: [name], questions: [{key: q, text: TEXT}], consent: {key: c, text: TEXT, retention: 90d}}
"""
OTHERS = (
    "t" * 100_000,
    "\u2066a\u2069b\u200f",
    "100% of %s %(x)s {0} $HOME `id`",
    "\u00ad\u200b\ufe0f",
    "]]>&amp;<!--",
)


@pytest.mark.parametrize("text", [*HOSTILE, *OTHERS], ids=lambda text: ascii(text[:12]))
def test_a_hostile_text_in_every_field_is_only_a_text_wherever_it_goes(
    cli: Command, home: Path, text: str
) -> None:
    target = "targets: {site: {use: files, folder: site, formats: [html, ics, jsonld, txt, md]}}\n"
    (home / "briefingkit.yaml").write_text(f"namespace: a.example\n{target}", encoding="utf-8")
    (home / "briefing.yaml").write_text(HOSTILE_BRIEFING.replace("TEXT", json.dumps(text)), encoding="utf-8")
    (home / ".gitignore").touch()
    planned = cli("plan")
    if planned.code == REFUSED:
        assert text not in HOSTILE
        assert PLACE.search(planned.err), planned.err[:2000]
        assert not (home / "site").exists()
        return
    applied = cli("apply", "--yes")
    assert applied.code == 0, applied.err
    assert cli("plan").code == 0
    for said in (planned.out, applied.out):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202d\u202e]", said)
    published = [path for path in (home / "site").rglob("*") if path.is_file()]
    assert {path.parent.name for path in published} <= {"site", "en"}
    for path in published:
        content = path.read_bytes().decode()
        assert "ada@private.example" not in content
        assert "meet.example.org/secret" not in content
        if path.suffix == ".html":
            page = Page()
            page.feed(content)
            assert page.run == []
            assert page.tags.count("img") == 0
        if path.suffix == ".ics":
            assert content.count("\nBEGIN:VEVENT\r") <= 2
            assert not re.search(r"^(Bcc|UID:x)", content, re.MULTILINE)
            assert max(len(line.encode()) for line in content.split("\r\n")) <= 75
        if path.suffix in {".json", ".jsonld"}:
            json.loads(content)
