from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from briefingkit.errors import ProjectError, SourceError
from briefingkit.source import load_project_file, project_schema
from briefingkit.source.environment import expand, expanded, heard
from briefingkit.source.project_file import (
    DriftChoice,
    LimitSettings,
    ProjectFile,
    loads_project_file,
)
from briefingkit.source.yaml_tree import read_yaml
from briefingkit.text.fallback import Fallback

GOOD = """\
format: 1
namespace: harbour.example
store: ${LEDGER}
briefings: [programme, "2023/**"]
languages: [en, fr]
limits: {deletions: 3, changes_fraction: 0.5}
targets:
  pages:
    use: files
    languages: [en, fr]
    fallback: {fr: omit, default: refuse}
    drift: restore
    limits: {deletions_fraction: .2, empty_source: false}
    folder: out
    nested: {depth: "3"}
  city-calendar: {use: google.calendar, fallback: mark, token: "${TOKEN}"}
mail:
  sender: {address: events@harbour.example, name: {en: Harbour, fr: Le port}, bounces: bounces@harbour.example}
  pages: https://register.harbour.example/
  transport: {use: smtp, host: mail.harbour.example, password: "${SMTP_PASSWORD}"}
"""


def said(text: str) -> list[str]:
    return [str(finding) for finding in loads_project_file(text, "p").findings]


def test_a_project_says_where_its_briefings_are_and_where_they_go() -> None:
    project = loads_project_file(GOOD).require()
    assert project.briefings == ("programme", "2023/**")
    assert project.limits == LimitSettings(deletions=3, changes_fraction=0.5)
    pages = project.target("pages")
    assert (pages.use, pages.languages, pages.drift) == ("files", ("en", "fr"), DriftChoice.RESTORE)
    assert pages.limits == LimitSettings(deletions_fraction=0.2, empty_source=False)
    assert pages.settings == {"folder": "out", "nested": {"depth": "3"}}
    assert [pages.fallback_for(tag) for tag in ("fr", "en")] == [Fallback.OMIT, Fallback.REFUSE]
    assert project.target("city-calendar").fallback_for("en") is Fallback.MARK
    assert project.mail is not None
    assert project.mail.sender.address == "events@harbour.example"
    assert project.mail.pages == "https://register.harbour.example"
    assert project.mail.transport.use == "smtp"
    assert "mail.harbour.example" not in repr(project)


def test_an_empty_project_is_all_defaults() -> None:
    assert loads_project_file("").require() == ProjectFile()
    assert loads_project_file("briefings: here\n").require().briefings == ("here",)


def test_a_project_file_is_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "briefingkit.yaml").write_text(GOOD)
    assert load_project_file(tmp_path / "briefingkit.yaml").require().namespace == "harbour.example"
    with pytest.raises(SourceError):
        load_project_file(tmp_path / "absent.yaml").require()


def test_a_target_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ProjectError, match="pages, city-calendar"):
        loads_project_file(GOOD).require().target("page")


@pytest.mark.parametrize(
    "line",
    [
        "store: postgresql://me:hunter2@db.example/ledger",
        "targets: {a: {use: x, token: abc}}",
        "targets: {a: {use: x, smtp: {password: abc}}}",
        "targets: {a: {use: x, api-key: [abc]}}",
        "targets: {a: {use: x, urls: ['https://u:p@h.example']}}",
    ],
)
def test_a_secret_is_never_in_the_file_and_never_in_the_finding(line: str) -> None:
    found = said(line)
    if "[abc]" in line:
        assert found == []  # a list is no secret by its name
        return
    assert [one.split()[1] for one in found] == ["E109"]
    assert "hunter2" not in found[0]
    assert "${NAME}" in found[0]


@pytest.mark.parametrize(
    "line",
    [
        """auth: {service_account: '{"private_key": "-----BEGIN PRIVATE KEY-----hunter2"}'}""",
        "identity: |\n      -----BEGIN OPENSSH PRIVATE KEY-----\n      hunter2",
        "auth: {service_account: {type: service_account, private_key: hunter2}}",
    ],
)
def test_a_private_key_in_the_file_is_refused_under_any_name(line: str) -> None:
    found = said(f"targets:\n  a:\n    use: x\n    {line}\n")
    assert [one.split()[1] for one in found] == ["E109"]
    assert "hunter2" not in found[0]


def test_a_secret_from_the_environment_is_put_in_its_place() -> None:
    assert said("store: postgresql://me:${PASSWORD}@db.example/ledger") == []
    assert expand("postgresql://me:${P}@h", {"P": "x"}) == "postgresql://me:x@h"
    with pytest.raises(ProjectError, match="ABSENT is not set"):
        expand("${ABSENT}", {})


BAD = {
    "unknown-field": (
        "namspace: a.example\n",
        ["p:1:1 E101 namspace is no field here. Did you mean namespace?"],
    ),
    "format": ("format: 2\n", ["p:1:9 E105"]),
    "namespace": ("namespace: not a domain\n", ["p:1:12 E103"]),
    "outside": ("briefings: [../other]\n", ["p:1:13 E103"]),
    "absolute": ("briefings: /etc\n", ["p:1:12 E103"]),
    "languages": ("languages: [en, xx-bad!]\n", ["p:1:17 E104"]),
    "limit": ("limits: {deletions_fraction: 3}\n", ["p:1:30 E103 a fraction"]),
    "limit-word": ("limits: {deletions: few}\n", ["p:1:21 E103"]),
    "targets": ("targets: [files]\n", ["p:1:10 E103"]),
    "target": ("targets: {a: files}\n", ["p:1:14 E103"]),
    "no-use": ("targets: {a: {folder: out}}\n", ["p:1:14 E102 use is missing"]),
    "name": ("targets: {'A b': {use: files}}\n", ["p:1:11 E103"]),
    "mail-part": (
        "mail: {sender: {address: a@b.example}, transprt: {use: x}, transport: {use: x}}\n",
        ["p:1:40 E101 transprt is no field here. Did you mean transport?"],
    ),
    "fallback": ("targets: {a: {use: files, fallback: drop}}\n", ["p:1:37 E103"]),
    "fallbacks": ("targets: {a: {use: files, fallback: {fr: drop}}}\n", ["p:1:42 E103"]),
    "drift": ("targets: {a: {use: files, drift: stopp}}\n", ["p:1:34 E103"]),
    "mail": ("mail: smtp\n", ["p:1:7 E103 a mapping of fields"]),
    "mail-alone": ("mail: {sender: {address: a@b.org}}\n", ["p:1:7 E103 a mapping of fields"]),
    "mail-transport": ("mail: {sender: {address: a@b.org}, transport: smtp}\n", ["p:1:47 E103"]),
    "mail-use": (
        "mail: {sender: {address: a@b.org}, transport: {host: x}}\n",
        ["p:1:47 E102 use is missing"],
    ),
    "mail-field": ("mail: {sendr: {address: a@b.org}, transport: {use: x}}\n", ["p:1:7 E102", "p:1:8 E101"]),
    "mail-sender": ("mail: {sender: {address: nobody}, transport: {use: x}}\n", ["p:1:26 E103"]),
    "mail-pages": ("mail: {sender: {address: a@b.org}, pages: here, transport: {use: x}}\n", ["p:1:43 E103"]),
    "mail-every": (
        "mail: {sender: {address: a@b.org}, every: often, transport: {use: x}}\n",
        ["p:1:43 E103"],
    ),
    "mail-retention": (
        "mail: {sender: {address: a@b.org}, retention: 0m, transport: {use: x}}\n",
        ["p:1:47 E103"],
    ),
    "mail-secret": (
        "mail: {sender: {address: a@b.org}, transport: {use: smtp, password: hunter2}}\n",
        ["p:1:69 E109"],
    ),
    "list": ("- a\n", ["p:1:1 E008"]),
    "yaml": ("a: [", ["p:1:5 E004"]),
    "two": ("namespace: 'a b'\ntargets: {a: {drift: x}}\n", ["p:1:12 E103", "p:2:14 E102", "p:2:22 E103"]),
}


@pytest.mark.parametrize("name", BAD)
def test_every_mistake_is_told_in_its_place(name: str) -> None:
    text, expected = BAD[name]
    found = said(text)
    assert len(found) == len(expected), found
    for finding, start in zip(found, expected, strict=True):
        assert finding.startswith(start)


def test_the_schema_takes_what_reading_takes_and_refuses_its_mistakes() -> None:
    Draft202012Validator.check_schema(project_schema())
    validator = Draft202012Validator(project_schema())
    assert list(validator.iter_errors(read_yaml(GOOD, "p").data)) == []
    sense = {
        "namespace",
        "outside",
        "absolute",
        "limit",
        "yaml",
        "mail-sender",
        "mail-pages",
        "mail-retention",
        "mail-secret",
    }
    for name in BAD.keys() - sense:
        assert list(validator.iter_errors(read_yaml(BAD[name][0], "p").data)), name


def test_how_often_mail_is_looked_for_and_how_long_it_is_kept_may_be_said() -> None:
    text = "mail: {{sender: {{address: a@b.org}}, {} transport: {{use: x}}}}\n"
    for said, every, days in (
        ("", timedelta(minutes=1), 400),
        ("every: , retention: ,", timedelta(minutes=1), 400),
        ("every: 2h30m, retention: 90d,", timedelta(hours=2, minutes=30), 90),
    ):
        mail = loads_project_file(text.format(said)).require().mail
        assert mail is not None
        assert (mail.every, mail.retention) == (every, timedelta(days=days))


def test_a_target_without_languages_takes_the_projects() -> None:
    text = "namespace: a.org\nlanguages: [fr]\ntargets: {one: {use: files}, two: {use: files, languages: [en]}}\n"
    project = loads_project_file(text).require()
    assert [target.languages for target in project.targets] == [("fr",), ("en",)]


def test_settings_are_expanded_however_deep() -> None:
    told = {"a": ["${ONE}", {"b": "x${TWO}"}], "c": "plain"}
    assert expanded(told, {"ONE": "1", "TWO": "2"}) == {"a": ["1", {"b": "x2"}], "c": "plain"}
    with pytest.raises(ProjectError, match="TWO is not set"):
        expanded(told, {"ONE": "1"})


def test_variables_that_hold_no_secret_are_told_apart() -> None:
    told = {
        "url": "${PLACE}",
        "password": "${WORD}",
        "auth": {"client_secret": "${OTHER}", "subject": "${WHO}"},
        "more": ["${API_TOKEN}", "${COLOUR}"],
        "address": "${WITH_PASSWORD}",
    }
    environment = {"WITH_PASSWORD": "https://me:hidden@example.org", "PLACE": "https://example.org"}
    assert list(heard(told, environment)) == ["PLACE", "WHO", "COLOUR"]
