"""What the settings take, what they refuse, and that no secret leaves them by any way."""

import logging
import ssl
import subprocess
import sys
import traceback
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.publish import Snapshot
from briefingkit.source.project_file import loads_project_file
from briefingkit.source.structured import structure_data
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.proxy import Instead, Mishap
from briefingkit_caldav import CalDAV
from briefingkit_caldav.cursor import Cursor
from briefingkit_caldav.quirks import QUIRKS, server_of

_FULL = {
    "url": "cloud.example.org",
    "username": "anna",
    "password": "s3cr3t",
    "make": {
        "name": {"en": "Briefings", "fr": "Réunions"},
        "color": "#0a7abf",
        "timezone": "Europe/Brussels",
    },
    "languages": ["en", "fr"],
    "audience": "participants",
    "guests": ["participants", "press@example.org"],
    "scheduling": "server",
    "timeout": "20",
    "quirks": "nextcloud",
}


def _structured(**data: Any) -> tuple[CalDAV | None, str]:
    tree = loads_project_file("format: 1\n").tree
    made, findings = structure_data(data, CalDAV, tree, ())
    return made, "\n".join(map(str, findings))


def test_all_settings_are_read_from_a_file() -> None:
    made, findings = _structured(**_FULL)
    assert made is not None, findings
    assert made.url == "https://cloud.example.org"
    assert made.keys == ("en", "fr")
    assert made.guests.participants
    assert made.timeout == 20


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "ftp://x"}, "no address"),
        ({"url": "https://anna:s3cr3t@cloud.example.org/"}, "as `username` and `password`"),
        ({"calendar": "Mine"}, "one of the two"),
        ({"token": "t"}, "one of the two"),
        ({"password": None}, "go together"),
        ({"make": None, "calendar": {"en": "Mine"}}, "no calendar for fr"),
        ({"make": None, "calendar": {"en": "Mine", "fr": "Mine"}}, "the same calendar"),
        ({"audience": "public"}, "reads the addresses"),
        ({"guests": "nobody at all"}, "no e-mail address"),
        ({"quirks": "exchange"}, "no server that is known"),
        ({"languages": ["en", "de"]}, "no calendar for de"),
        ({"quirks": "google"}, "makes no calendars"),
        ({"username": None, "password": None, "token": "tök3n"}, "cannot be sent"),
        ({"timeout": "0"}, "1 to 600"),
        ({"make": {"name": "X", "color": "red"}}, "no colour"),
        ({"make": {"name": "X", "timezone": "Mars/Base"}}, "Mars/Base"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_in_words(change: dict[str, Any], said: str) -> None:
    data = {name: value for name, value in {**_FULL, **change}.items() if value is not None}
    made, findings = _structured(**data)
    assert made is None
    assert said in findings
    assert "s3cr3t" not in findings


def test_a_password_that_would_end_its_header_is_refused_without_being_shown() -> None:
    with pytest.raises(ModelError) as caught:
        CalDAV(url="https://x.example/", username="anna", password="s3cr3t\r\nX-Evil: 1")
    assert "s3cr3t" not in str(caught.value)


def test_servers_are_told_by_what_they_say() -> None:
    assert server_of("https://cloud.example.org/remote.php/dav/", {}) == "nextcloud"
    assert server_of("https://apidata.googleusercontent.com/caldav/v2/x/events/", {}) == "google"
    assert server_of("https://x.example/", {"server": "Xandikos/0.4"}) == "xandikos"
    assert server_of("https://x.example/", {"server": "nginx"}) == "standard"


def test_every_profile_is_one_that_the_library_has() -> None:
    hints = pytest.importorskip("caldav.compatibility_hints")
    for name, quirks in QUIRKS.items():
        assert quirks.profile is None or isinstance(getattr(hints, quirks.profile), dict), name


def test_a_cursor_of_other_settings_is_none() -> None:
    here, there = CalDAV(url="https://a.example/"), CalDAV(url="https://b.example/")
    from briefingkit_caldav.cursor import Paths, Place, digest_of

    cursor = Cursor({"all": Place("/x/", "t", known=Paths.of(["/x/a.ics"]))}, ("n",), digest_of(here))
    assert Cursor.parse(cursor.written(), here) == cursor
    assert Cursor.parse(cursor.written(), there) is None
    for broken in ("", "{}", "[]", "nonsense", cursor.written()[:-3], cursor.written().replace("[", "{")):
        assert Cursor.parse(broken, here) is None


def test_settings_load_without_the_library() -> None:
    """A check of a project must not wait for what only a server needs."""
    code = (
        "import sys, briefingkit_caldav; briefingkit_caldav.CalDAV(url='https://x.example/');"
        "print([name for name in ('caldav', 'niquests', 'requests', 'icalendar', 'lxml', 'tenacity', 'http.client')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Secrets


def _tell_all(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("caldav", "niquests", "urllib3", "urllib3_future", "http.client"):
        logging.getLogger(name).setLevel(logging.DEBUG)


@pytest.mark.peer
@pytest.mark.parametrize("secret", ["password", "token"])
def test_no_secret_is_in_any_log_error_traceback_cursor_or_ledger(
    radicale: Any, secret: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    from base64 import b64encode

    _tell_all(caplog)
    if secret == "token":
        settings = radicale.settings(username=None, password=None, token="t0k3n-s3cr3t")
        word, sent = "t0k3n-s3cr3t", "Bearer t0k3n-s3cr3t"
    else:
        settings = radicale.settings()
        sent = f"Basic {b64encode(f'{radicale.user}:{radicale.password}'.encode()).decode()}"
        word = radicale.password
    from attrs import evolve

    from briefingkit.text import Name
    from briefingkit_caldav.choices import MakeCollections

    made = evolve(settings, url=radicale.proxy.url, make=MakeCollections(Name({"und": "Secrets"})))
    said: list[str] = [repr(made), str(made)]
    for mishap in (None, Mishap.LOST_ANSWER, Mishap.CUT_ANSWER, Mishap.ANSWER):
        radicale.proxy.heal()
        if mishap is not None:
            radicale.proxy.fail(mishap, instead=Instead(403, body=sent.encode()))
        bench = Workbench(evolve(made, patience=1))
        try:
            snapshot = bench.target.integration.read(bench.desired(sample_briefing()), Snapshot())
            said.append(repr(snapshot))
        except IntegrationError:
            said.append(traceback.format_exc())
        report = bench.apply(bench.plan(sample_briefing()))
        said += [str(each) for each in report.outcomes]
        said.append(repr(bench.journal.load(bench.target.name)))
    assert {each.headers["authorization"] for each in radicale.proxy.requests} == {sent}
    out, err = capfd.readouterr()
    said += [caplog.text, out, err]
    for text in said:
        assert word not in text
        assert sent.partition(" ")[2] not in text


@pytest.mark.peer
def test_a_token_is_sent_as_a_bearers(radicale: Any) -> None:
    settings = radicale.settings(username=None, password=None, token="t0k3n")
    with pytest.raises(IntegrationError, match="does not take the token"):
        settings.read([], Snapshot())
    assert radicale.proxy.requests[-1].headers["authorization"] == "Bearer t0k3n"


# TLS


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make an authority of our own that signs for 127.0.0.1."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    folder = tmp_path_factory.mktemp("tls")
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ca.pem").write_bytes(certificate)
    (folder / "server.pem").write_bytes(private + certificate)
    return folder / "ca.pem", folder / "server.pem"


@pytest.mark.peer
def test_a_certificate_is_checked_against_the_authority_that_is_named(
    radicale: Any, certified: tuple[Path, Path]
) -> None:
    authority, server = certified
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    path = radicale.calendar("contract")
    radicale.proxy.secure(context)
    url = f"{radicale.proxy.url}{path}"
    assert url.startswith("https:")
    with pytest.raises(IntegrationError, match="name its authority as `ca_file`"):
        radicale.settings(url=url).read([], Snapshot())
    for trusting in ({"ca_file": authority.name, "base": authority.parent}, {"verify": False}):
        assert radicale.settings(url=url, **trusting).read([], Snapshot()).remotes == {}
    with pytest.raises(IntegrationError, match=r"nothing\.pem cannot be read"):
        radicale.settings(url=url, ca_file="nothing.pem").read([], Snapshot())
