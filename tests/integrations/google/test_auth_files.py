"""Keys and token files: what is read, what is refused, and what stands on disk afterwards."""

import base64
import json
import os
import stat
import threading
import traceback
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import IntegrationError
from briefingkit_google import token_file
from briefingkit_google.auth import APPLICATION_DEFAULT, Auth, calendar_scopes, credentials
from briefingkit_google.key_file import check_address, kind_of, named

SECRET = "MIIEvgIBADANsecret"
POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
TOKEN = {
    "type": "authorized_user",
    "client_id": "1.apps.googleusercontent.com",
    "client_secret": "GOCSPX-secret",
    "refresh_token": "1//secret",
}
CLIENT = {"installed": {"client_id": "1.apps", "client_secret": "GOCSPX-secret"}}
SERVICE = {
    "type": "service_account",
    "client_email": "bot@city.iam.gserviceaccount.com",
    "private_key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
    "token_uri": "https://oauth2.googleapis.com/token",
}


def _write(path: Path, data: object, mode: int = 0o600) -> Path:
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    path.chmod(mode)
    return path


def _refusal(auth: Auth, base: Path, scopes: tuple[str, ...] = ()) -> str:
    with pytest.raises(IntegrationError) as caught:
        credentials(auth, scopes or calendar_scopes(), base)
    told = "".join(traceback.format_exception(caught.value))
    assert SECRET not in told
    assert "GOCSPX" not in told
    assert "1//secret" not in told
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no key at"),
        ("", "is not JSON"),
        (f"-----BEGIN PRIVATE KEY-----{SECRET}", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "nothing that Google gives out"),
        ('"text"', "nothing that Google gives out"),
        ({"type": "other"}, "nothing that Google gives out"),
        (TOKEN, "a person's token: write auth: {user: …}"),
        (CLIENT, "briefingkit auth google --client"),
        ({"web": CLIENT["installed"]}, "briefingkit auth google --client"),
        ({"type": "external_account"}, "write auth: default"),
        (SERVICE, "is damaged: make a new one"),
        ({**SERVICE, "token_uri": "http://elsewhere.example/token"}, "not https"),
        ({**SERVICE, "token_uri": 5}, "not https"),
        ({key: value for key, value in SERVICE.items() if key != "client_email"}, "is damaged"),
    ],
)  # fmt: skip
def test_each_thing_that_is_no_key_is_told_for_what_it_is(
    tmp_path: Path, content: object, words: str
) -> None:
    if content is not None:
        _write(tmp_path / "key.json", content)
    assert words in _refusal(Auth(service_account="key.json"), tmp_path)


def test_a_folder_in_the_place_of_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.json").mkdir()
    assert "cannot be read" in _refusal(Auth(service_account="key.json"), tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SERVICE),
        base64.b64encode(json.dumps(SERVICE).encode()).decode(),
        SERVICE["private_key"],
        json.dumps(SERVICE)[1:],
    ],
    ids=["json", "base64", "pem", "cut"],
)
def test_a_key_in_the_environment_is_never_taken_for_a_path_and_quoted(tmp_path: Path, text: str) -> None:
    told = _refusal(Auth(service_account=text), tmp_path)
    assert "there is no key" not in told
    assert named(text) == "(a key)"


def test_base64_is_recognised_and_said(tmp_path: Path) -> None:
    text = base64.b64encode(json.dumps(SERVICE).encode()).decode()
    assert "base64" in _refusal(Auth(service_account=text), tmp_path)


@pytest.mark.parametrize(
    "path", ["key.json", "keys/city key.json", "/etc/briefingkit/key.json", "../k.json", "clé.json"]
)
def test_a_path_is_named_as_it_is(path: str) -> None:
    assert named(path) == path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "briefingkit auth google --client"),
        ("not json", "is not JSON"),
        (SERVICE, "write auth: {service_account: …}"),
        (CLIENT, "has yet to sign in"),
        ({**TOKEN, "refresh_token": ""}, "has no refresh_token: sign in again"),
        ({"type": "authorized_user"}, "has no refresh_token"),
        ({**TOKEN, "scopes": ["https://www.googleapis.com/auth/drive"]}, "was not consented to for"),
        ({**TOKEN, "token_uri": "http://elsewhere.example/"}, "not https"),
    ],
)  # fmt: skip
def test_each_thing_that_is_no_token_is_told_for_what_it_is(
    tmp_path: Path, content: object, words: str
) -> None:
    if content is not None:
        _write(tmp_path / "token.json", content)
    assert words in _refusal(Auth(user="token.json"), tmp_path)


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o644, 0o601])
def test_a_token_that_others_may_touch_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = _write(tmp_path / "token.json", TOKEN, mode)
    assert f"chmod 600 {path}" in _refusal(Auth(user="token.json"), tmp_path)


@POSIX
def test_a_token_is_not_read_through_a_link(tmp_path: Path) -> None:
    _write(tmp_path / "real.json", TOKEN)
    (tmp_path / "token.json").symlink_to("real.json")
    assert "is a link" in _refusal(Auth(user="token.json"), tmp_path)


@POSIX
def test_a_pipe_in_the_place_of_a_token_does_not_make_us_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token.json", 0o600)
    assert "is no file" in _refusal(Auth(user="token.json"), tmp_path)


@POSIX
def test_a_token_is_written_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        token_file.write(tmp_path / "token.json", "{}")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "token.json").stat().st_mode) == 0o600


@POSIX
def test_writing_over_a_token_takes_it_away_from_others(tmp_path: Path) -> None:
    path = _write(tmp_path / "token.json", "{}", 0o644)
    token_file.write(path, "{}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@POSIX
def test_a_token_is_not_written_through_a_link(tmp_path: Path) -> None:
    target = _write(tmp_path / "target.json", "mine")
    (tmp_path / "token.json").symlink_to(target)
    with pytest.raises(IntegrationError, match="is a link"):
        token_file.write(tmp_path / "token.json", "theirs")
    assert target.read_text() == "mine"


def test_a_write_that_fails_leaves_the_old_token_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path / "token.json", "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        token_file.write(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_process_that_died_left_behind_stands_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".token.json.{os.getpid()}-{threading.get_ident()}.new").write_text("half")
    token_file.write(tmp_path / "token.json", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["token.json"]


def test_whoever_reads_meanwhile_sees_a_whole_token(tmp_path: Path) -> None:
    path = _write(tmp_path / "token.json", "0" * 5000)

    def write(digit: str) -> None:
        for _ in range(20):
            token_file.write(path, digit * 5000)

    writers = [threading.Thread(target=write, args=(digit,)) for digit in "1234"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert len(text := token_file.read(path)) == 5000
        assert len(set(text)) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_scope_above_covers_those_below(tmp_path: Path) -> None:
    _write(tmp_path / "token.json", {**TOKEN, "scopes": ["https://www.googleapis.com/auth/calendar"]})
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(make=True, access=True), tmp_path)
    assert held.scopes == ["https://www.googleapis.com/auth/calendar"]


def test_a_scope_beside_covers_nothing(tmp_path: Path) -> None:
    _write(
        tmp_path / "token.json",
        {**TOKEN, "scopes": "https://www.googleapis.com/auth/calendar.events.readonly"},
    )
    assert "was not consented to" in _refusal(Auth(user="token.json"), tmp_path)


@pytest.mark.parametrize(
    "expiry",
    [
        "2027-01-02T03:04:05Z",
        "2027-01-02T03:04:05.678901Z",
        "2027-01-02T05:04:05+02:00",
        "2027-01-02T03:04:05",
    ],
)
def test_the_end_of_an_access_token_is_read_as_anybody_writes_it(tmp_path: Path, expiry: str) -> None:
    _write(tmp_path / "token.json", {**TOKEN, "token": "ya29.x", "expiry": expiry})
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    assert held.expiry.isoformat()[:19] == "2027-01-02T03:04:05"


@pytest.mark.parametrize("expiry", [None, "soon", 5])
def test_an_access_token_of_no_known_end_is_not_used(tmp_path: Path, expiry: object) -> None:
    _write(tmp_path / "token.json", {**TOKEN, "token": "ya29.x", "expiry": expiry})
    assert not credentials(Auth(user="token.json"), calendar_scopes(), tmp_path).valid


@pytest.mark.parametrize(
    "address", ["http://oauth2.googleapis.com/token", "ftp://127.0.0.1/", "//oauth2.googleapis.com", "", 5]
)
def test_a_secret_goes_nowhere_in_the_open(address: object) -> None:
    with pytest.raises(IntegrationError, match="not https"):
        check_address(address)


@pytest.mark.parametrize(
    "address", [None, "https://oauth2.googleapis.com/token", "http://127.0.0.1:8080/token"]
)
def test_a_secret_goes_over_tls_or_to_this_machine(address: object) -> None:
    check_address(address)


def test_a_token_file_without_a_type_is_known_by_what_it_holds() -> None:
    assert kind_of({"refresh_token": "x", "client_id": "y"}) == "authorized_user"


# What the machine has


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Give a machine that has nothing, and is not Google's."""
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    return monkeypatch


def test_a_machine_without_credentials_is_told_what_to_do(
    machine: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del machine
    told = _refusal(APPLICATION_DEFAULT, tmp_path)
    assert "GOOGLE_APPLICATION_CREDENTIALS" in told
    assert "gcloud auth application-default login" in told


def test_a_variable_that_names_no_file_is_told(machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    assert "there is no such file" in _refusal(APPLICATION_DEFAULT, tmp_path)


def test_a_variable_that_names_no_key_is_told(machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(_write(tmp_path / "key.json", "{}")))
    assert "no key that Google's library reads" in _refusal(APPLICATION_DEFAULT, tmp_path)


def test_what_gcloud_left_is_taken_without_a_warning(machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    del machine
    (tmp_path / "gcloud").mkdir()
    _write(tmp_path / "gcloud" / "application_default_credentials.json", TOKEN)
    held: Any = credentials(APPLICATION_DEFAULT, calendar_scopes(), tmp_path)
    assert held.client_id == TOKEN["client_id"]
