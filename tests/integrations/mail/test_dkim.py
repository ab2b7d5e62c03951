"""Signatures, verified by dkimpy without asking any DNS."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.testing.transport import message_for
from briefingkit_mail.dkim import DKIM

from .conftest import Mailbox
from .opening import open_smtp
from .test_smtp import Serve, send

_PEM = (
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()


def record(key: Any) -> bytes:
    """Give what stands in the DNS for a key."""
    import base64

    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def signer(key: Any) -> DKIM:
    return DKIM("ghent.example", "autumn", private_key=key.private_bytes(*_PEM).decode())


def verifies(mail: bytes, key: Any) -> bool:
    def dns(name: bytes, **_more: object) -> bytes | None:
        return record(key) if name == b"autumn._domainkey.ghent.example." else None

    return dkim.verify(mail, dnsfunc=dns)


@pytest.fixture(params=[RSA, ED25519], ids=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_a_mail_is_verified(key: Any) -> None:
    assert verifies(signer(key).sign(message_for(1).content), key)


def test_a_relay_may_fold_headers_and_change_blanks(key: Any) -> None:
    signed = signer(key).sign(message_for(1, "Dear  all,\r\n\r\nWelcome.").content)
    changed = (
        signed.replace(b"Subject: ", b"SUBJECT:\r\n\t  ").replace(b"Dear  all,", b"Dear all, \t")
        + b"\r\n\r\n"
    )
    assert changed != signed
    assert verifies(changed, key)


@pytest.mark.parametrize(
    "forge",
    [
        lambda mail: mail.replace(b"Welcome", b"Go away"),
        lambda mail: mail.replace(b"Subject: ", b"Subject: Fwd "),
        lambda mail: mail.replace(b"\r\nFrom:", b"\r\nFrom: Mallory <m@evil.example>\r\nFrom:"),
        lambda mail: mail.replace(b"https://ghent.example/u/", b"https://evil.example/u/"),
        lambda mail: mail.replace(b"List-Unsubscribe=One-Click", b"x"),
        lambda mail: mail.replace(b"\r\nDate:", b"\r\nList-Unsubscribe: <https://evil.example>\r\nDate:"),
    ],
    ids=["body", "subject", "a second sender", "unsubscribe", "one-click", "a second unsubscribe"],
)
def test_nobody_else_may_change_what_counts(key: Any, forge: Callable[[bytes], bytes]) -> None:
    signed = signer(key).sign(message_for(1).content)
    assert forge(signed) != signed
    assert not verifies(forge(signed), key)


def test_unsubscribing_is_covered(key: Any) -> None:
    signed = signer(key).sign(message_for(1).content)
    names = signed.partition(b"h=")[2].partition(b";")[0].replace(b"\r\n\t ", b"").split(b":")
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from"} <= set(names)


_LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60)


@given(lines=st.lists(_LINES | st.sampled_from(["", " ", "\t", ".", "a  b \t", " a"]), max_size=12))
def test_every_text_is_verified(lines: list[str]) -> None:
    mail = message_for(1, "\r\n".join(lines)).content
    assert verifies(signer(ED25519).sign(mail), ED25519)


def test_the_same_mail_has_the_same_signature(key: Any) -> None:
    assert signer(key).sign(message_for(1).content) == signer(key).sign(message_for(1).content)


def test_no_line_of_a_signature_is_too_long(key: Any) -> None:
    head = signer(key).sign(message_for(1).content).partition(b"From:")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_what_smtp_sends_is_signed(serve: Serve, mailbox: Mailbox, key: Any) -> None:
    transport = open_smtp(serve(), dkim=signer(key))
    send(transport, message_for(1, "Dear all,\r\n.\r\n..hidden"))
    assert verifies(mailbox.mails[0], key)
    transport.close()


def test_a_key_file_stands_beside_the_project(serve: Serve, mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "dkim.pem").write_bytes(ED25519.private_bytes(*_PEM))
    transport = open_smtp(serve(), dkim=DKIM("ghent.example", "autumn", key_file="dkim.pem"), base=tmp_path)
    send(transport, message_for(1))
    assert verifies(mailbox.mails[0], ED25519)
    transport.close()


class TestKeys:
    def test_a_key_may_stand_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "dkim.pem").write_bytes(ED25519.private_bytes(*_PEM))
        signed = DKIM("ghent.example", "autumn", key_file="dkim.pem", base=tmp_path).sign(
            message_for(1).content
        )
        assert verifies(signed, ED25519)

    def test_a_key_is_never_shown(self) -> None:
        assert "PRIVATE" not in repr(signer(RSA))
        broken = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"
        with pytest.raises(IntegrationError, match="the DKIM key cannot be read") as caught:
            DKIM("ghent.example", "autumn", private_key=broken).sign(message_for(1).content)
        assert "c2VjcmV0" not in f"{caught.value!r}"
        assert caught.value.__cause__ is None

    def test_a_key_that_verifiers_do_not_know_is_refused(self) -> None:
        with pytest.raises(IntegrationError, match="RSA, of 2048 bits or more, or Ed25519"):
            signer(ec.generate_private_key(ec.SECP256R1())).sign(message_for(1).content)

    def test_a_file_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(IntegrationError, match=r"none\.pem cannot be read"):
            DKIM("ghent.example", "autumn", key_file="none.pem", base=tmp_path).sign(b"From: x\r\n\r\n")

    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"domain": "Ghent.example\r\nX: y"}, "domain"),
            ({"selector": "a;b=c"}, "selector"),
            ({"private_key": None}, "private_key"),
            ({"key_file": "too.pem"}, "private_key"),
        ],
    )
    def test_settings_that_cannot_be(self, settings: dict[str, Any], field: str) -> None:
        with pytest.raises(ModelError) as caught:
            DKIM(**{"domain": "ghent.example", "selector": "autumn", "private_key": "x", **settings})
        assert caught.value.field == field
