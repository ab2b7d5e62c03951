import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.text import LocalizedUrl, Lookup, MultilingualText, Name

TAGS = st.sampled_from(["en", "fr", "es", "ar", "ru", "zh", "pt"])
TEXTS = st.dictionaries(TAGS, st.text(st.characters(categories=["L", "N", "P"]), min_size=1), min_size=1)

title = MultilingualText({"en": "The road", "fr": "Le chemin", "pt": "O caminho", "es": " \u200b\n"})


@pytest.mark.parametrize(
    ("preferred", "found"),
    [
        (["fr"], Lookup("Le chemin", "fr", fallback=False)),
        (["fr-CA"], Lookup("Le chemin", "fr", fallback=False)),
        (["pt-BR"], Lookup("O caminho", "pt", fallback=False)),
        (["es"], Lookup("The road", "en", fallback=True)),
        (["ca"], Lookup("The road", "en", fallback=True)),
        (["es", "fr"], Lookup("Le chemin", "fr", fallback=True)),
        (["und"], Lookup("The road", "en", fallback=True)),
        ([], Lookup("The road", "en", fallback=False)),
    ],
)
def test_a_look_up_says_which_language_it_used_and_whether_that_is_a_fallback(
    preferred: list[str], found: Lookup
) -> None:
    assert title.lookup(*preferred) == found


def test_another_script_is_another_language() -> None:
    text = MultilingualText({"en": "Road", "zh-Hans": "道路"})
    assert text.lookup("zh-Hant") == Lookup("Road", "en", fallback=True)
    assert text.lookup("zh-CN") == Lookup("道路", "zh-Hans", fallback=False)


def test_a_close_neighbour_is_used_and_is_said_to_be_a_fallback() -> None:
    text = MultilingualText({"en": "Road", "de": "Weg"})
    assert text.lookup("lb") == Lookup("Weg", "de", fallback=True)


def test_blank_text_is_missing_text() -> None:
    assert title.languages == ("en", "fr", "pt")
    assert title.missing(["en", "es", "fr", "ar"]) == ("es", "ar")
    assert not title.has("es")


def test_the_first_language_with_a_text_is_the_source() -> None:
    assert MultilingualText({"en": "", "fr": "Oui", "es": "Sí"}).source == "fr"


@pytest.mark.parametrize("texts", [{}, {"en": ""}, {"en": " \n", "fr": "\u200b\ufeff"}])
def test_a_text_in_no_language_is_refused(texts: dict[str, str]) -> None:
    with pytest.raises(TextError, match="no text in any language"):
        MultilingualText(texts)


def test_tags_become_canonical_and_two_spellings_of_one_are_refused() -> None:
    assert MultilingualText({"FR": "Oui"}).languages == ("fr",)
    with pytest.raises(TextError, match="fr is given twice"):
        MultilingualText({"fr": "Oui", "FR": "Non"})


def test_prose_without_a_language_is_refused() -> None:
    with pytest.raises(TextError, match="a text is in a language"):
        MultilingualText({"und": "Hello"})


@pytest.mark.parametrize("texts", [None, "Hello", ["en"], {"en": 1}, {"en": None}, {1: "x"}, {None: "x"}])
def test_what_is_no_mapping_of_strings_is_refused(texts: object) -> None:
    with pytest.raises(TextError, match="mapping of languages to strings"):
        MultilingualText(texts)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a\0b", r"control character, U\+0000, as character 2"),
        ("a\x1b[31m", r"control character, U\+001B"),
        ("a\x9b", r"control character, U\+009B"),
        ("\u202egnitar", r"direction override, U\+202E, as character 1"),
        ("a\ud800", r"surrogate, U\+D800"),
        ("a\ufdd0", r"noncharacter, U\+FDD0"),
        ("a\uffff", r"noncharacter, U\+FFFF"),
        ("a\U0010fffe", r"noncharacter, U\+10FFFE"),
    ],
)
def test_what_no_honest_text_holds_is_refused_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(TextError, match=f"the text in fr holds a {fault}"):
        MultilingualText({"fr": text})


@given(st.text())
def test_any_string_is_kept_harmless_or_refused(text: str) -> None:
    try:
        kept = MultilingualText({"en": f"x{text}"}).lookup("en").text
    except TextError:
        return
    kept.encode()
    assert not set(kept) & {"\0", "\r", "\x0b", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2028"}
    assert MultilingualText({"en": kept}).lookup("en").text == kept


def test_line_ends_are_unified_and_the_rest_stays_as_written() -> None:
    text = MultilingualText({"en": "\ufeff One\r\ntwo\vthree\u2028four\tfive \n"})
    assert text.lookup("en").text == " One\ntwo\nthree\nfour\tfive \n"


def test_pasted_embeddings_become_isolates_that_end_with_the_text() -> None:
    assert MultilingualText({"en": "see \u202bשלום\u202c and \u202bעוד"}).lookup("en").text == (
        "see \u2067שלום\u2069 and \u2067עוד\u2069"
    )


@given(TEXTS)
def test_equal_texts_have_equal_hashes_whatever_the_order_after_the_source(texts: dict[str, str]) -> None:
    source, *others = texts.items()
    one, other = MultilingualText(texts), MultilingualText(dict([source, *reversed(others)]))
    assert one == other
    assert hash(one) == hash(other)


def test_texts_compare_with_plain_mappings_and_show_what_they_hold() -> None:
    assert MultilingualText({"en": "a", "fr": "b"}).texts == {"fr": "b", "en": "a"}
    assert repr(MultilingualText({"en": "a"})) == "MultilingualText(texts={'en': 'a'})"


def test_a_text_can_start_in_one_language() -> None:
    assert MultilingualText.of("Oui", "fr") == MultilingualText({"fr": "Oui"})


def test_another_source_language_is_another_text() -> None:
    assert MultilingualText({"en": "a", "fr": "b"}) != MultilingualText({"fr": "b", "en": "a"})
    assert MultilingualText({"en": "a"}) != Name({"en": "a"})


@given(TEXTS)
def test_a_text_survives_pickling_and_copying_in_its_order(texts: dict[str, str]) -> None:
    text = MultilingualText(texts)
    for twin in (pickle.loads(pickle.dumps(text)), copy.deepcopy(text)):
        assert twin == text
        assert tuple(twin.texts.items()) == tuple(text.texts.items()) == tuple(texts.items())


def test_texts_cannot_be_changed_from_outside() -> None:
    given_texts = {"en": "before"}
    text = MultilingualText(given_texts)
    given_texts["en"] = "after"
    assert text.lookup("en").text == "before"
    with pytest.raises(TypeError):
        text.texts["en"] = "after"


def test_a_plain_name_holds_in_every_language() -> None:
    name = Name.of("UCLG")
    assert name.lookup("fr") == Lookup("UCLG", "und", fallback=False)
    assert name.missing(["en", "ar"]) == ()


def test_a_name_by_language_can_be_missing_unless_it_also_has_one_for_the_rest() -> None:
    assert Name({"en": "UCLG", "fr": "CGLU"}).missing(["fr", "ru"]) == ("ru",)
    name = Name({"und": "UCLG", "fr": "CGLU"})
    assert name.lookup("fr-CH") == Lookup("CGLU", "fr", fallback=False)
    assert name.lookup("ru") == Lookup("UCLG", "und", fallback=False)
    assert name.missing(["fr", "ru"]) == ()


def test_an_address_may_differ_by_language() -> None:
    url = LocalizedUrl({"en": "https://example.org/en", "fr": "https://example.org/fr"})
    assert url.lookup("fr").text == "https://example.org/fr"
    assert LocalizedUrl.of("https://example.org/").lookup("zh").fallback is False


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "//example.org",
        "example.org",
        "/path",
        "http://",
        "https:///path",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://example.org\\@evil.example",
        "https://example.org/\u200b",
        "https://[::1",
        "https://example.org:99999/",
    ],
)
def test_what_is_no_public_web_address_is_refused(url: str) -> None:
    with pytest.raises(TextError, match="is no web address"):
        LocalizedUrl.of(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "HTTPS://Example.org/a?b=c#d",
        "https://bücher.example/ü",
        "https://[::1]:8080/x@y",
    ],
)
def test_web_addresses_of_every_shape_are_kept_as_written(url: str) -> None:
    assert LocalizedUrl.of(url).lookup("en").text == url
