import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ..commands import Command
from ..night_buses import edit

Snapshot = Callable[[Path], dict[str, bytes]]
NOTE = "# Night buses\n\nDate: 10 March 2027, 15:00-16:00 (Brussels)\n\nOrganised by City Transit.\n"

# init


def test_a_new_project_checks_clean_and_can_be_published(cli: Command, empty: Path) -> None:
    assert cli("init", "talks", "--namespace", "talks.example.org").code == 0
    assert "namespace: talks.example.org" in (empty / "talks/briefingkit.yaml").read_text(encoding="utf-8")
    assert cli("check", "talks").out.endswith("1 briefing: 0 errors, 0 warnings\n")
    assert cli("plan", "--project", "talks").code == 3
    assert cli("apply", "--project", "talks").code == 0
    assert (empty / "talks/site/index.html").is_file()


def test_init_writes_over_nothing(cli: Command, home: Path, snapshot: Snapshot) -> None:
    before = snapshot(home)
    ran = cli("init")
    assert (ran.code, ran.err) == (1, "error: briefingkit.yaml is there already: nothing was written\n")
    assert snapshot(home) == before


def test_init_leaves_a_gitignore_that_is_there_as_it_is(cli: Command, empty: Path) -> None:
    (empty / ".gitignore").write_text("mine\n", encoding="utf-8")
    assert cli("init", "--json").json["written"] == ["briefingkit.yaml", "briefing.yaml"]
    assert (empty / ".gitignore").read_text(encoding="utf-8") == "mine\n"


def test_a_namespace_that_is_none_is_wrong_usage(cli: Command, empty: Path) -> None:
    ran = cli("init", "--namespace", "not a domain")
    assert ran.code == 2
    assert "'--namespace'" in ran.err
    assert list(empty.iterdir()) == []


# draft


def test_a_draft_goes_to_standard_output_and_its_doubts_to_standard_error(cli: Command, empty: Path) -> None:
    (empty / "note.md").write_text(NOTE, encoding="utf-8")
    ran = cli("draft", "note.md")
    assert ran.code == 0
    assert "start: 2027-03-10T15:00" in ran.out
    assert "To confirm:" not in ran.out
    assert "To confirm:" in ran.err


def test_a_draft_is_read_from_standard_input(
    cli: Command, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NOTE.encode()), encoding="utf-8"))
    assert cli("draft", "-", "--out", "new/briefing.yaml").code == 0
    assert "briefing: night-buses-2027" in (empty / "new/briefing.yaml").read_text(encoding="utf-8")


def test_a_draft_that_was_written_can_be_checked_and_cannot_be_published(cli: Command, home: Path) -> None:
    (home / "note.md").write_text(NOTE, encoding="utf-8")
    ran = cli("draft", "note.md", "--out", "briefing.yaml", "--force")
    assert "Wrote briefing.yaml" in ran.out
    assert cli("check").code == 0
    refused = cli("plan")
    assert refused.code == 1
    assert "unconfirmed" in refused.err or "draft" in refused.err


def test_a_draft_writes_over_a_file_only_by_force(cli: Command, home: Path, snapshot: Snapshot) -> None:
    (home / "note.md").write_text(NOTE, encoding="utf-8")
    before = snapshot(home)
    ran = cli("draft", "note.md", "--out", "briefing.yaml")
    assert (ran.code, "--force" in ran.err) == (1, True)
    assert snapshot(home) == before


def test_a_draft_as_json_names_a_rule_and_a_confidence_for_each_field(cli: Command, empty: Path) -> None:
    (empty / "note.md").write_text(NOTE, encoding="utf-8")
    fields = {each["path"]: each for each in cli("draft", "note.md", "--json").json["fields"]}
    assert fields["start"]["value"] == "2027-03-10T15:00"
    assert fields["start"]["line"] == 3
    assert all(each["rule"] and each["confidence"] for each in fields.values())


# check


def test_findings_are_named_as_seen_from_where_the_user_stands(
    cli: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(home / "briefing.yaml", "Europe/Brussels", "Europe/Brusels")
    assert cli("check").out.startswith("briefing.yaml:8:11 E104 ")
    (home / "deep").mkdir()
    monkeypatch.chdir(home / "deep")
    assert cli("check").out.startswith("../briefing.yaml:8:11 E104 ")
    assert cli("plan").err.startswith("../briefing.yaml:8:11 E104 ")


@pytest.mark.parametrize("given", [".", "briefingkit.yaml"])
def test_a_project_is_given_by_its_folder_or_its_file(cli: Command, home: Path, given: str) -> None:
    assert cli("check", "--project", home / given).code == 0
    assert cli("plan", "--project", given).code == 3


def test_a_briefing_alone_needs_no_project(cli: Command, home: Path) -> None:
    (home / "briefingkit.yaml").unlink()
    assert cli("check", "briefing.yaml").code == 0
    assert cli("check", ".").code == 0


@pytest.mark.parametrize("command", ["check", "plan", "apply"])
def test_without_a_project_one_is_told_how_to_start(cli: Command, empty: Path, command: str) -> None:
    ran = cli(command)
    assert ran.code == 1
    assert "briefingkit init" in ran.err
    assert list(empty.iterdir()) == []


def test_a_file_that_is_named_twice_is_checked_once(cli: Command, home: Path) -> None:
    said = cli("check", ".", "briefing.yaml", home / "briefing.yaml").out
    assert said.endswith("1 briefing: 0 errors, 0 warnings\n")


def test_a_broken_project_file_keeps_nobody_from_hearing_of_the_briefings(cli: Command, home: Path) -> None:
    (home / "briefingkit.yaml").write_text("format: 7\ntargets: {site: {use: flies}}\n", encoding="utf-8")
    (home / "briefing.yaml").write_text("format: 1\nbriefing: Not-A-Key\n", encoding="utf-8")
    ran = cli("check")
    assert ran.code == 1
    assert "briefingkit.yaml:1:9 E105" in ran.out
    assert "briefingkit.yaml:2:23 W701 no integration is called flies" in ran.out
    assert "briefing.yaml:2:11 E" in ran.out


def test_warnings_fail_only_where_one_is_strict(cli: Command, home: Path) -> None:
    edit(home / "briefing.yaml", ", fr: Chiffres", "")
    assert cli("check").code == 0
    ran = cli("check", "--strict", "--json")
    assert ran.code == 1
    assert {finding["severity"] for finding in ran.json["findings"]} == {"warning"}
    french = ran.json["briefings"][0]["readiness"][1]
    assert (french["language"], french["missing"]) == ("fr", ["agenda.figures.title"])


def test_where_no_briefing_is_found_it_is_said_how_its_file_is_called(cli: Command, home: Path) -> None:
    (home / "briefing.yaml").rename(home / "briefing.yml")
    ran = cli("check")
    assert "ends in .briefing.yaml" in ran.out
    assert (ran.code, cli("check", "--strict").code) == (0, 1)


# render


@pytest.mark.usefixtures("home")
def test_a_briefing_is_rendered_by_file_or_by_identifier(cli: Command) -> None:
    moment = ("--at", "2027-01-01T00:00Z", "--format", "ics")
    by_file, by_name = cli("render", "briefing.yaml", *moment), cli("render", "night-buses", *moment)
    assert by_file.code == 0
    assert by_file.out == by_name.out
    assert "DTSTAMP:20270101T000000Z" in by_file.out


def test_every_language_goes_into_a_folder(cli: Command, home: Path) -> None:
    ran = cli("render", "night-buses", "--out", "preview", "--json")
    files = [each["file"] for each in ran.json["written"]]
    assert files == ["preview/night-buses.en.html", "preview/night-buses.fr.html"]
    assert "Bus de nuit" in (home / files[1]).read_text(encoding="utf-8")


def test_one_language_goes_into_a_file(cli: Command, home: Path) -> None:
    assert cli("render", "night-buses", "-l", "fr", "-f", "txt", "-o", "bus.txt").code == 0
    assert (home / "bus.txt").read_text(encoding="utf-8").startswith("Bus de nuit\n")


def test_two_languages_do_not_fit_into_one_file(cli: Command, home: Path) -> None:
    assert cli("render", "night-buses", "-o", "page.html").code == 2
    assert not (home / "page.html").exists()
    assert cli("render", "night-buses", "-l", "en", "-l", "fr").code == 2


@pytest.mark.usefixtures("home")
def test_a_rendering_as_json_carries_its_content(cli: Command) -> None:
    said = cli("render", "night-buses", "--format", "txt", "--json").json
    assert said["language"] == "en"
    assert said["content"].startswith("Night buses\n")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("audience", "shown"), [("public", False), ("registered", True)])
def test_the_room_is_shown_to_those_who_registered(cli: Command, audience: str, *, shown: bool) -> None:
    said = cli("render", "night-buses", "--format", "txt", "--audience", audience).out
    assert ("meet.example.org/1" in said) is shown


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("at", ["yesterday", "2027-01-01T00:00", "2027-13-01T00:00Z"])
def test_a_moment_without_its_zone_is_wrong_usage(cli: Command, at: str) -> None:
    assert cli("render", "night-buses", "--at", at).code == 2


def test_a_language_that_may_not_go_out_leaves_no_other_behind(cli: Command, home: Path) -> None:
    edit(home / "briefing.yaml", ", fr: Chiffres", "")
    assert cli("render", "night-buses", "--fallback", "refuse", "--out", "preview").code == 1
    assert not (home / "preview").exists()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("night-bus",), "did you mean night-buses?"),
        (("nothing.yaml",), "no briefing is called 'nothing.yaml'"),
        (("night-buses", "--format", "htm"), "did you mean html?"),
        (("night-buses", "--language", "!"), "'!' is not a language tag"),
        (("x" * 5000,), "no briefing is called"),
    ],
)
def test_what_cannot_be_rendered_is_named(cli: Command, asked: tuple[str, ...], words: str) -> None:
    ran = cli("render", *asked)
    assert ran.code == 1
    assert words in ran.err
    assert ran.out == ""


# the rest


@pytest.mark.usefixtures("empty")
def test_integrations_are_listed_with_their_state(cli: Command) -> None:
    assert "files" in cli("integrations").out
    listed = {each["name"]: each["ready"] for each in cli("integrations", "--json").json}
    assert listed["files"] is True


def test_an_integration_that_cannot_be_loaded_is_listed_with_the_reason(
    cli: Command, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = empty / "acme_kit-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-kit\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[briefingkit.integrations]\nacme = acme_kit:Acme\n", encoding="utf-8"
    )
    (empty / "acme_kit.py").write_text("import acme_client\n", encoding="utf-8")
    monkeypatch.syspath_prepend(empty)
    ran = cli("integrations", "--json")
    acme = next(each for each in ran.json if each["name"] == "acme")
    assert acme["ready"] is False
    assert "acme_client, which is not installed: pip install" in acme["missing"]


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("kind", ["briefing", "project"])
def test_the_schema_is_json(cli: Command, kind: str) -> None:
    schema = cli("schema", kind).json
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert cli("schema", kind, "--json").json == schema
