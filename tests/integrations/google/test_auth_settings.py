import logging
import sys
from pathlib import Path

import pytest
from attrs import field, frozen
from cattrs.errors import BaseValidationError

from briefingkit.errors import MissingExtra, ModelError
from briefingkit.model.structure import converter
from briefingkit.source.structured import structure_at
from briefingkit.source.yaml_tree import read_yaml
from briefingkit_google.auth import APPLICATION_DEFAULT, Auth, calendar_scopes, credentials

KEY = '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\nMIIsecret\\n"}'


@frozen
class Settings:
    auth: Auth = field(default=APPLICATION_DEFAULT)


def _findings(yaml: str) -> list[str]:
    _, findings = structure_at(read_yaml(yaml, "briefingkit.yaml"), (), Settings)
    return [str(finding) for finding in findings]


@pytest.mark.parametrize(
    ("yaml", "meant"),
    [
        ("auth: default", Auth(default=True)),
        ("auth: {default: true}", Auth(default=True)),
        ("auth: {service_account: key.json}", Auth(service_account="key.json")),
        (
            "auth: {service_account: key.json, subject: events@city.example}",
            Auth(service_account="key.json", subject="events@city.example"),
        ),
        ("auth: {user: google-token.json}", Auth(user="google-token.json")),
        ("{}", Auth(default=True)),
    ],
)
def test_each_way_is_read_from_the_file(yaml: str, meant: Auth) -> None:
    settings, findings = structure_at(read_yaml(yaml, "briefingkit.yaml"), (), Settings)
    assert findings == ()
    assert settings == Settings(meant)


@pytest.mark.parametrize(
    ("yaml", "place", "words"),
    [
        ("auth: token.json", "1:7", "no way to be known at Google"),
        ("auth: [default]", "1:7", "a mapping of fields is expected here, not a list"),
        ("auth: {}", "1:7", "say one way"),
        ("auth: {service_account: a.json, user: b.json}", "1:7", "say one way"),
        ("auth: {user: a.json, default: true}", "1:7", "say one way"),
        ("auth:\n  service_acount: a.json", "2:3", "Did you mean service_account?"),
        ("auth:\n  service_account: ''", "2:20", "is a variable empty?"),
        (
            "auth:\n  user: a.json\n  subject: b@city.example",
            "3:12",
            "only a service account acts for somebody",
        ),
        ("auth:\n  service_account: a.json\n  subject: Events", "3:12", "the e-mail address of the person"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(yaml: str, place: str, words: str) -> None:
    findings = _findings(yaml)
    assert any(finding.startswith(f"briefingkit.yaml:{place} ") and words in finding for finding in findings)


def test_a_word_that_is_no_way_is_told_once() -> None:
    assert len(_findings("auth: token.json")) == 1


def test_a_token_cannot_be_given_as_json() -> None:
    # Its refreshed form could be written back to nowhere.
    with pytest.raises(ModelError, match="give the path of the token file"):
        Auth(user='{"refresh_token": "1//secret"}')


def test_a_key_is_in_no_repr_of_anything_that_holds_it() -> None:
    held = Auth(service_account=KEY)
    assert "MIIsecret" not in f"{held!r} {Settings(held)!r} {held}"
    assert repr(held) == "Auth(service_account='(a key)', subject=None, user=None, default=False)"


def test_the_path_of_a_key_is_shown() -> None:
    assert "keys/city.json" in repr(Auth(service_account="keys/city.json"))


def test_a_key_in_the_wrong_place_is_not_quoted() -> None:
    for data in ({"auth": KEY}, {"auth": {"service_account": KEY, "user": KEY}}, {"auth": {"user": KEY}}):
        with pytest.raises((ModelError, BaseValidationError)) as caught:
            converter().structure(data, Settings)
        assert "MIIsecret" not in repr(caught.value)
        assert "MIIsecret" not in "".join(str(each) for each in getattr(caught.value, "exceptions", ()))


def test_events_alone_ask_for_no_more_than_events() -> None:
    assert calendar_scopes() == ("https://www.googleapis.com/auth/calendar.events",)


def test_calendars_of_our_own_do_not_open_those_of_others() -> None:
    scopes = calendar_scopes(make=True)
    assert "https://www.googleapis.com/auth/calendar.app.created" in scopes
    assert "https://www.googleapis.com/auth/calendar.events" not in scopes


def test_no_target_ever_asks_for_everything() -> None:
    every = {
        scope
        for make in (True, False)
        for access in (True, False)
        for scope in calendar_scopes(make=make, access=access)
    }
    assert "https://www.googleapis.com/auth/calendar" not in every


@pytest.mark.parametrize(
    ("make", "access", "methods"),
    [
        (False, False, ["events.list", "events.get", "events.insert", "events.patch", "events.delete"]),
        (False, True, ["events.insert", "acl.list", "acl.insert", "acl.patch", "acl.delete"]),
        (
            True,
            True,
            ["calendars.insert", "calendars.patch", "calendars.delete", "calendars.get", "calendarList.list",
             "events.list", "events.insert", "events.patch", "events.delete", "acl.list", "acl.insert"],
        ),
    ],
)  # fmt: skip
def test_the_scopes_cover_every_method_by_the_discovery_document(
    *, make: bool, access: bool, methods: list[str]
) -> None:
    import json
    from importlib.resources import files

    documents = files("googleapiclient") / "discovery_cache" / "documents"
    resources = json.loads((documents / "calendar.v3.json").read_text(encoding="utf-8"))["resources"]
    scopes = set(calendar_scopes(make=make, access=access))
    for name in methods:
        resource, _, method = name.partition(".")
        assert scopes & set(resources[resource]["methods"][method]["scopes"]), name


def test_settings_load_without_the_packages_of_google(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import sys; import briefingkit_google.auth, briefingkit_google.account; "
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in "
        "{'google', 'googleapiclient', 'httplib2', 'requests', 'oauthlib'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() in {"[]", "['google']"}  # a namespace package of others may be there


def test_without_the_packages_of_google_the_command_that_installs_them_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import briefingkit_google

    monkeypatch.delitem(sys.modules, "briefingkit_google.identities", raising=False)
    monkeypatch.delattr(briefingkit_google, "identities", raising=False)
    monkeypatch.setitem(sys.modules, "google.auth", None)
    with pytest.raises(MissingExtra, match=r'pip install "briefingkit\[google\]"'):
        credentials(Auth(service_account="key.json"), calendar_scopes(), tmp_path)


def test_nothing_of_the_settings_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        converter().structure({"auth": {"service_account": KEY}}, Settings)
    assert caplog.text == ""
