"""Settings that a key depends on are refused before anything is asked, and no key is said."""

import pytest
from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.web_api.settings import check_base_url, check_key


@frozen
class Settings:
    key: str | None = field(default=None, repr=False, validator=check_key)
    base_url: str | None = field(default=None, validator=check_base_url)


@pytest.mark.parametrize("key", ["", " ", "a key", "key\n", "kéy", "\x7fkey"])
def test_what_no_key_can_be_is_refused_without_a_word_of_it(key: str) -> None:
    with pytest.raises(ModelError, match="is the variable set") as caught:
        Settings(key)
    assert caught.value.field == "key"
    assert "kéy" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.city.example",
        "https://me:pw@api.city.example",
        "https://api.city.example/?a=b",
        "https://api.city.example/#a",
        "https://[",
        "https://",
        "ftp://127.0.0.1",
        "api.city.example",
        "http://localhost.city.example",
        "https://api.city.example:port",
    ],
)
def test_an_address_that_no_key_must_be_told_to_is_refused(url: str) -> None:
    with pytest.raises(ModelError, match="https") as caught:
        Settings(base_url=url)
    assert caught.value.field == "base_url"


@pytest.mark.parametrize(
    "url", ["https://api.city.example/v3", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost"]
)
def test_https_and_this_machine_are_addresses_for_a_key(url: str) -> None:
    assert Settings("key", url).base_url == url
