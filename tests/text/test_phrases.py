from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.text import phrases
from briefingkit.text.bidi import strip_isolates
from briefingkit.text.language import _SIGN_LANGUAGES, canonical, display_name
from briefingkit.text.phrases import SHIPPED, language_for, msgid, phrase, plural


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Registration closes Friday"),
        ("fr", "Clôture des inscriptions\u00a0: Friday"),
        ("es", "Cierre de inscripciones: Friday"),
        ("ar", "يُغلق باب التسجيل: \u2068Friday\u2069"),
        ("ru", "Окончание регистрации: Friday"),
        ("zh", "报名截止时间：Friday"),
        ("pt", "Encerramento das inscrições: Friday"),
    ],
)
def test_a_phrase_is_said_in_each_language_with_its_values(language: str, said: str) -> None:
    assert phrase("Registration closes {when}", language, when="Friday") == said


@pytest.mark.parametrize(
    ("language", "used"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("pt-BR", "pt"),
        ("zh-CN", "zh"),
        ("zh-Hant", "en"),
        ("de", "en"),
        ("ca", "en"),
    ],
)
def test_a_language_without_a_catalogue_is_answered_in_english_and_that_can_be_known(
    language: str, used: str
) -> None:
    assert language_for(language) == used
    assert phrase("Agenda", language) == phrase("Agenda", used)


def test_a_phrase_in_no_catalogue_is_said_as_it_stands() -> None:
    assert phrase("Not a phrase of ours {here}", "fr", here=1) == "Not a phrase of ours 1"


def test_a_marked_phrase_is_only_marked() -> None:
    assert msgid("Agenda") == "Agenda"


def test_a_place_without_a_value_is_refused() -> None:
    with pytest.raises(TextError, match="has a place for 'when'"):
        phrase("Registration closes {when}", "en", then="Friday")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(TextError, match="not a language tag"):
        phrase("Agenda", "french")


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {0: "0 places", 1: "1 place", 2: "2 places"}),
        ("fr", {0: "0 place", 1: "1 place", 2: "2 places"}),
        ("es", {0: "0 plazas", 1: "1 plaza", 2: "2 plazas"}),
        ("zh", {0: "0 个名额", 1: "1 个名额", 2: "2 个名额"}),
        ("pt", {1: "1 vaga", 2: "2 vagas"}),
        ("ru", {1: "1 место", 2: "2 места", 5: "5 мест", 11: "11 мест", 21: "21 место", 112: "112 мест"}),
        ("ar", {0: "لا أماكن", 1: "مكان واحد", 2: "مكانان", 3: "3 أماكن", 11: "11 مكانًا", 100: "100 مكان"}),
    ],
)
def test_a_count_takes_the_plural_form_of_its_language(language: str, forms: dict[int, str]) -> None:
    assert {n: plural("{count} place", "{count} places", n, language) for n in forms} == forms


@given(st.text(), st.sampled_from(SHIPPED))
def test_a_value_is_put_in_and_never_read_as_a_pattern(value: str, language: str) -> None:
    said = phrase("Registration closes {when}", language, when=value)
    assert strip_isolates(value) in strip_isolates(said)
    assert (
        phrase("Registration closes {when}", language, when="{when.__class__}").count("{when.__class__}") == 1
    )


def test_every_sign_language_has_a_code_and_a_name_in_every_language() -> None:
    for tag, english in _SIGN_LANGUAGES.items():
        assert canonical(tag) == tag
        assert display_name(tag, "en") == english
        names = [display_name(tag, language) for language in SHIPPED]
        assert len(set(names)) > 5, names


def test_a_source_tree_that_was_never_installed_reads_its_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "locale"
    folder.mkdir()
    (folder / "fr.po").write_bytes(phrases.files("briefingkit.text").joinpath("locale", "fr.po").read_bytes())
    monkeypatch.setattr(phrases, "files", lambda _package: tmp_path)
    phrases._catalogue.cache_clear()
    try:
        assert phrase("Agenda", "fr") == "Ordre du jour"
        with pytest.raises(TextError, match="is missing: install briefingkit again"):
            phrase("Agenda", "es")
    finally:
        phrases._catalogue.cache_clear()
