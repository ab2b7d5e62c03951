"""The page about transports says what they do: its matrix is made of what each says of itself."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from briefingkit import registry
from briefingkit.mailing.incoming.feedback import GROUP, Kind, Reason
from briefingkit.mailing.outgoing.transport import Capabilities, Feature

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mail-transports.md"
GIVEN: Mapping[str, Mapping[str, Any]] = {
    "brevo": {"api_key": "k"},
    "eml": {"path": "outbox"},
    "gmail": {"user": "google-token.json", "look_up": True},
    "maildir": {"path": "outbox"},
    "mailgun": {"domain": "mg.city.example", "api_key": "k"},
    "mandrill": {"api_key": "k"},
    "postmark": {"server_token": "k"},
    "resend": {"api_key": "k"},
    "sendgrid": {"api_key": "k"},
    "ses": {"region": "eu-west-1"},
    "smtp": {"host": "mail.city.example"},
}
SERVICES = sorted(set(GIVEN) - {"eml", "maildir", "smtp"})
COLUMNS = {
    Feature.OCTETS: "octets",
    Feature.CALENDAR: "event",
    Feature.HEADERS: "headers",
    Feature.MESSAGE_ID: "Message-ID",
    Feature.UTF8_ADDRESSES: "any address",
}


def capabilities(name: str) -> Capabilities:
    told: Capabilities = registry.get(name, registry.TRANSPORTS)(**GIVEN[name]).capabilities
    return told


def row(name: str) -> str:
    can = capabilities(name)
    cells = [f"`{name}`", *("yes" if can.carries(feature) else "no" for feature in COLUMNS)]
    cells += ["yes" if can.finds else "no", "yes" if can.repeats else "no", str(can.batch)]
    cells.append("" if can.rate is None else f"{can.rate:g}")
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def test_the_matrix_is_what_the_transports_say_of_themselves() -> None:
    head = f"| transport | {' | '.join(COLUMNS.values())} | finds | once | held | rate |"
    wanted = [head, "|---|---|---|---|---|---|---|---|---|---|", *map(row, sorted(GIVEN))]
    assert "\n".join(wanted) in PAGE.read_text(encoding="utf-8"), "\n".join(wanted)


def test_no_transport_is_forgotten() -> None:
    assert sorted(GIVEN) == list(registry.available(registry.TRANSPORTS))


def test_what_each_lacks_is_said_in_its_own_words() -> None:
    wanted = [
        f"| `{name}` | {COLUMNS[feature]} | {words} |"
        for name in sorted(GIVEN)
        for feature, words in capabilities(name).lacks.items()
    ]
    assert "\n".join(wanted) in PAGE.read_text(encoding="utf-8"), "\n".join(wanted)


@pytest.mark.parametrize("name", SERVICES)
def test_each_setting_of_a_service_is_described_and_no_other(name: str) -> None:
    found = re.search(
        rf"^### `{name}`$(.*?)(?=^##|\Z)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found, name
    cells = re.findall(r"^\| ([^|]*) \|", found[1], re.MULTILINE)
    described = {word for cell in cells for word in re.findall(r"`([a-z_]+)`", cell)}
    common = {"base_url", "connections", "timeout", "rate", "batch"}
    fields = {each.name for each in attrs.fields(registry.get(name, registry.TRANSPORTS)) if each.init}
    assert described - common == fields - common - {"base"}


@pytest.mark.parametrize("name", registry.available(GROUP))
def test_each_setting_of_a_receiver_is_described_and_no_other(name: str) -> None:
    found = re.search(
        rf"^\| `{name}` \| (`[^|]*) \| [^|]* \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found, name
    fields = {each.name for each in attrs.fields(registry.get(name, GROUP)) if each.init}
    assert set(re.findall(r"`([a-z_]+)`", found[1])) == fields - {"fetch"}


def test_every_service_that_can_tell_has_a_receiver() -> None:
    assert [*registry.available(GROUP), "gmail"] == sorted(
        [*SERVICES], key=lambda name: (name == "gmail", name)
    )


def test_every_word_of_what_comes_back_is_described() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## What comes back")[2]
    assert [word for word in (*Kind, *Reason) if f"`{word}`" not in section] == []
