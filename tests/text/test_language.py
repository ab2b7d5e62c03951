import subprocess
import sys

import langcodes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.text import language
from briefingkit.text.cldr import locale_for
from briefingkit.text.language import (
    best_match,
    canonical,
    direction,
    display_name,
    is_same_language,
    language_called,
    registered,
)
from briefingkit.text.phrases import SHIPPED

PLAIN = sorted(language._PLAIN)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("pt_br", "pt-BR"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("iw", "he"),
        ("en-UK", "en-GB"),
        ("sh", "sr-Latn"),
        ("ILS", "ils"),
        ("de-1996", "de-1996"),
    ],
)
def test_a_tag_is_brought_into_its_canonical_form(written: str, meant: str) -> None:
    assert canonical(written) == meant


@given(st.sampled_from([*PLAIN, *language._FREQUENT, "ils", "sr-Latn", "de-CH-1996"]))
def test_a_canonical_tag_stays_as_it_is_and_case_does_not_matter(tag: str) -> None:
    assert canonical(tag) == tag == canonical(tag.upper()) == canonical(tag.lower())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("french", "fr"),
        ("Frensh", "fr"),
        ("français", "fr"),
        ("español", "es"),
        ("العربية", "ar"),
        ("русский", "ru"),
        ("jp", "ja"),
        ("cz", "cs"),
        ("gr", "el"),
        ("cn", "zh"),
        ("jp-JP", "ja-JP"),
    ],
)
def test_a_mistaken_tag_is_refused_with_the_one_that_was_meant(written: str, meant: str) -> None:
    with pytest.raises(TextError, match=rf"is not a language tag: did you mean {meant}\?"):
        canonical(written)


def test_what_is_no_tag_can_be_asked_without_looking_for_what_was_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("briefingkit.text.suggest.language_meant", None)
    assert [registered(tag) for tag in ("FR", "pt_br", "Frensh", "", "xx!", "a" * 99)] == [
        "fr", "pt-BR", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "written", ["", "-", "x", "xx", "en-", "en\0", "e n", "12", "zz-ZZ", "../en", "en\n"]
)
def test_nonsense_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(TextError, match="use a BCP 47 tag"):
        canonical(written)


def test_an_endless_tag_is_refused_in_a_short_message() -> None:
    with pytest.raises(TextError) as caught:
        canonical("en-" * 100_000)
    assert len(str(caught.value)) < 200


@given(st.text(max_size=70) | st.from_regex(r"[a-zA-Z]{1,9}([-_][a-zA-Z0-9]{0,9}){0,5}", fullmatch=True))
def test_any_string_is_a_tag_or_a_text_error(text: str) -> None:
    try:
        tag = canonical(text)
    except TextError:
        return
    assert canonical(tag) == tag


def test_the_table_of_plain_tags_agrees_with_the_registry() -> None:
    assert [
        tag for tag in PLAIN if langcodes.standardize_tag(tag) != tag or not langcodes.tag_is_valid(tag)
    ] == []
    assert [tag for tag in language._FREQUENT if langcodes.standardize_tag(tag) != tag] == []


def test_the_table_of_near_languages_agrees_with_cldr() -> None:
    near = {
        (wanted, given): distance
        for wanted in PLAIN
        for given in PLAIN
        if wanted != given and (distance := langcodes.tag_distance(wanted, given)) <= language.CLOSE
    }
    assert near == language._NEAR


def test_the_table_of_directions_agrees_with_likely_scripts() -> None:
    for tag in (*PLAIN, *language._FREQUENT):
        script = langcodes.Language.get(tag).maximize().script
        assert direction(tag) == ("rtl" if script in language._RTL_SCRIPTS else "ltr"), tag


@pytest.mark.parametrize("tag", ["ar", "he", "iw", "fa", "ur", "ckb", "az-Arab", "pa-PK", "ar-EG", "ug"])
def test_these_are_written_from_right_to_left(tag: str) -> None:
    assert direction(tag) == "rtl"


@pytest.mark.parametrize("tag", ["en", "fr", "zh", "az", "ar-Latn", "pa", "und", "ils", "pt-BR"])
def test_these_are_written_from_left_to_right(tag: str) -> None:
    assert direction(tag) == "ltr"


@pytest.mark.parametrize(
    ("tag", "reader", "name"),
    [
        ("fr", "fr", "français"),
        ("fr", "es", "francés"),
        ("fr", "ar", "الفرنسية"),
        ("ru", "zh", "俄语"),
        ("pt-BR", "en", "Brazilian Portuguese"),
        ("sr-Latn", "fr", "serbe (latin)"),
        ("de-AT-1996", "en", "Austrian German (German orthography of 1996)"),
        ("ils", "en", "International Sign"),
        ("fsl", "fr", "langue des signes française"),
        ("x-klingon", "en", "x-klingon"),
        ("fr", "x-klingon", "French"),
    ],
)
def test_a_language_is_named_in_the_readers(tag: str, reader: str, name: str) -> None:
    assert display_name(tag, reader) == name


@pytest.mark.parametrize("tag", ["fr", "zh", "zh-Hans", "sw"])
@pytest.mark.parametrize("reader", SHIPPED)
def test_a_language_is_known_by_its_name(tag: str, reader: str) -> None:
    name = str(locale_for(reader).languages[tag.replace("-", "_")])
    assert language_called(f" {name.upper()} ") == tag


@pytest.mark.parametrize("name", ["", "fr", "French and Italian", "Makua", "Français\0"])
def test_what_is_no_language_s_name_or_that_of_two_is_none(name: str) -> None:
    assert language_called(name) is None


@pytest.mark.parametrize(
    ("preferred", "available", "found"),
    [
        (["fr"], ["en", "fr"], "fr"),
        (["FR"], ["en", "fr"], "fr"),
        (["pt"], ["en", "pt-PT"], "pt-PT"),
        (["pt"], ["pt-PT", "pt-BR"], "pt-BR"),
        (["pt-BR"], ["pt"], "pt"),
        (["zh-CN"], ["en", "zh"], "zh"),
        (["zh-Hant"], ["zh-Hans"], None),
        (["zh-TW"], ["zh"], None),
        (["zh-Hant", "zh-Hans"], ["en", "zh-Hans"], "zh-Hans"),
        (["ca"], ["es"], None),
        (["uk"], ["ru"], None),
        (["lb"], ["fr", "de"], "de"),
        (["ca", "fr"], ["es", "fr"], "fr"),
        (["nb"], ["no"], "no"),
        ([], ["en"], None),
        (["en"], [], None),
    ],
)
def test_the_first_preference_that_is_served_wins(
    preferred: list[str], available: list[str], found: str | None
) -> None:
    assert best_match(preferred, available) == found


def test_a_region_is_the_same_language_and_a_neighbour_or_another_script_is_not() -> None:
    assert is_same_language("pt-BR", "pt")
    assert is_same_language("zh", "zh-Hans")
    assert not is_same_language("lb", "de")
    assert not is_same_language("zh-Hant", "zh-Hans")


def test_plain_languages_cost_no_import_of_the_registry() -> None:
    script = """
import sys
from briefingkit.text import MultilingualText
text = MultilingualText({"en": "Hello", "fr": "Bonjour", "es": "Hola"})
assert text.lookup("ru", "fr").text == "Bonjour" and text.missing(["ar", "zh"]) == ("ar", "zh")
sys.exit(", ".join({"langcodes", "babel", "icalendar", "sqlalchemy"} & set(sys.modules)) or None)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
