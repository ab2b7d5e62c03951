"""Header fields: what is written comes back, on lines that are not too long, and one field stays one."""

import re
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import MailingError
from briefingkit.mailing.messages.headers import (
    addresses,
    fits_angles,
    plain,
    unstructured,
    wire_address,
    with_address,
)
from briefingkit.mailing.messages.reading import read_parts

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=300),
    st.text(alphabet="ab é=?_", max_size=300),
    st.sampled_from(["x" * 1000, "ё" * 1000, "a " * 400, "=?utf-8?q?x?=", "🧑🏽‍🚀" * 90]),
).map(lambda text: " ".join(text.split()))


@given(TEXTS)
def test_a_subject_comes_back_from_the_standard_library(text: str) -> None:
    made = unstructured("Subject", text)
    lines = made.removesuffix(b"\r\n").split(b"\r\n")
    assert made.isascii()
    assert max(map(len, lines)) <= (76 if b"=?" in made else 78)
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    assert str(message_from_bytes(made + b"\r\n", policy=policy.default)["Subject"]) == text


@given(TEXTS, st.sampled_from(["ann@example.org", f"{'a' * 60}@{'b' * 60}.example.org", "jörg@example.org"]))
def test_a_name_and_its_address_come_back(name: str, address: str) -> None:
    made = with_address("To", name, address)
    lines = made.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 78 for line in lines if address.encode() not in line)
    assert all(len(line) <= 76 for line in lines if b"=?" in line and b"@" not in line)
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    parts = read_parts(b"From: x@example.org\r\n" + made + b"\r\nx\r\n")
    assert (parts.recipient.name, parts.recipient.address) == (name, address)


@pytest.mark.parametrize("broken", ["a\rb", "a\nb", "a\r\n b", "a\x00b", "a\u2028b", "a\x85b", "a\ud800b"])
def test_what_would_end_a_line_is_refused_in_every_field(broken: str) -> None:
    for write in (
        lambda: plain("X", broken),
        lambda: unstructured("X", broken),
        lambda: with_address("X", broken, "a@b.org"),
        lambda: addresses("X", [f"https://x.org/{broken}"]),
        lambda: wire_address(f"{broken}@example.org"),
        lambda: wire_address(f"a@{broken}.org"),
    ):
        with pytest.raises(MailingError):
            write()


def test_what_lists_write_around_an_address_is_taken_off() -> None:
    for written in ("Ann@example.org.", " mailto:Ann@example.org", "MAILTO:Ann@example.org.. "):
        assert wire_address(written) == ("Ann@example.org", False)
    assert wire_address("mailto:jörg@bücher.example.") == ("jörg@xn--bcher-kva.example", True)


@given(st.one_of(st.text(max_size=9), st.text(alphabet="a/<> \x00\x1f!~\x7f\x80é;=?", max_size=9)))
def test_what_fits_between_angle_brackets_is_visible_ascii_without_them(text: str) -> None:
    assert fits_angles(text) == (re.fullmatch(r"[!-;=?-~]+", text) is not None)


def test_addresses_of_the_web_stand_a_line_each_and_are_never_encoded() -> None:
    urls = [f"https://x.org/{'=?' * 100}", "mailto:a@b.org?subject=x%20y"]
    assert addresses("List-Unsubscribe", urls) == (
        f"List-Unsubscribe: <{urls[0]}>,\r\n <{urls[1]}>\r\n".encode()
    )
    for bad in ("https://x.org/é", "https://x.org/a b", "https://x.org/>", f"https://x.org/{'a' * 1000}"):
        with pytest.raises(MailingError):
            addresses("List-Unsubscribe", [bad])


def test_a_name_like_an_encoded_word_is_text() -> None:
    made = with_address("To", "=?utf-8?q?x?=", "a@b.org")
    assert read_parts(b"From: x@y.org\r\n" + made + b"\r\nx\r\n").recipient.name == "=?utf-8?q?x?="
