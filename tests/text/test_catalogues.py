"""The catalogues: complete, well-formed, sorted, compiled, and holding each phrase that the code says."""

import ast
import re
from gettext import GNUTranslations, c2py
from io import BytesIO
from pathlib import Path
from string import Formatter
from unicodedata import normalize

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from briefingkit.text.language import _SIGN_LANGUAGES
from briefingkit.text.phrases import SHIPPED

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "src" / "briefingkit" / "text" / "locale"
TEMPLATES = ("*.html", "*.jinja", "*.j2", "*.txt", "*.md")
IN_TEMPLATE = re.compile(r"""\b(?:phrase|msgid|plural|_)\(\s*(?:"([^"]+)"|'([^']+)')""")
CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # of plurals (CLDR, "Language Plural Rules")
# Forms that say the number in a word of their own.
WORDED = {"ar": {0, 1, 2}}


def read(language: str) -> Catalog:
    with (LOCALE / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def forms(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def messages(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(message.id): forms(message.string) for message in read(language) if message.id}


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def said_in_code() -> dict[str, str]:
    said = {}
    for folder in ("src", "integrations"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(
                    node.func, "id", getattr(node.func, "attr", "")
                ) in (
                    "phrase",
                    "msgid",
                    "plural",
                ):
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        said[first.value] = f"{file.relative_to(ROOT)}:{node.lineno}"
        for pattern in TEMPLATES:
            for file in sorted((ROOT / folder).rglob(pattern)):
                for found in IN_TEMPLATE.finditer(file.read_text("utf-8")):
                    said[found[1] or found[2]] = str(file.relative_to(ROOT))
    return said


def test_there_is_a_catalogue_for_each_language_and_no_other() -> None:
    assert {file.stem for file in LOCALE.glob("*.po")} == set(SHIPPED)


def test_every_phrase_that_the_code_says_is_in_the_catalogues() -> None:
    known = {message[0] for message in messages("en")}
    said = said_in_code()
    assert "{organizer} — {reader} your time" in said
    assert any(place.endswith(".j2") for place in said.values())
    assert {text: place for text, place in said.items() if text not in known} == {}
    assert set(_SIGN_LANGUAGES.values()) <= known


@pytest.mark.parametrize("language", SHIPPED)
def test_a_catalogue_has_every_phrase_translated(language: str) -> None:
    here = messages(language)
    assert here.keys() == messages("en").keys()
    assert [message for message, texts in here.items() if not all(text.strip() for text in texts)] == []
    assert [message.id for message in read(language) if message.fuzzy and message.id] == []
    assert list(read(language).obsolete) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_a_translation_has_the_places_of_its_phrase_and_they_are_plain_names(language: str) -> None:
    for message, texts in messages(language).items():
        wanted = places(message[-1])
        assert all(name.isidentifier() for name in wanted), message
        for form, text in enumerate(texts):
            worded = len(message) > 1 and form in WORDED.get(language, ()) and not places(text)
            assert worded or places(text) == wanted, (message, text)


@pytest.mark.parametrize("language", SHIPPED)
def test_a_catalogue_has_the_plural_forms_of_its_language(language: str) -> None:
    catalogue, category = read(language), Locale(language).plural_form
    form = c2py(catalogue.plural_expr)
    # In CLDR's order of them; its Portuguese is that of Brazil, where none is said as one is.
    counted = [number for number in range(1001) if (language, number) != ("pt", 0)]
    used = [each for each in CATEGORIES if each in map(category, counted)]
    assert catalogue.num_plurals == len(used)
    for number in counted:
        assert form(number) == used.index(category(number)), number
    for message, texts in messages(language).items():
        assert len(texts) == (len(used) if len(message) > 1 else 1), message


@pytest.mark.parametrize("language", SHIPPED)
def test_a_catalogue_is_sorted_and_in_composed_characters(language: str) -> None:
    ids = [message[0] for message in messages(language)]
    assert ids == sorted(ids)
    text = (LOCALE / f"{language}.po").read_text("utf-8")
    assert text == normalize("NFC", text)


@pytest.mark.parametrize("language", [tag for tag in SHIPPED if tag != "en"])
def test_a_phrase_ends_as_its_english_ends(language: str) -> None:
    for message, texts in messages(language).items():
        for text in texts:
            assert text == text.strip()
            assert text.endswith((".", "。")) == message[0].endswith("."), text


def test_a_french_mark_never_begins_a_line() -> None:
    told = "\n".join(text for texts in messages("fr").values() for text in texts)
    words = re.sub(r"https?:\S+|\d\d:\d\d", "", told)
    assert re.findall(r"\S* [:;!?»]|[\w’}][:;!?»]|« |«\w", words) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_the_compiled_catalogue_is_that_of_the_source(language: str) -> None:
    memory = BytesIO()
    write_mo(memory, read(language))
    compiled = LOCALE / f"{language}.mo"
    assert compiled.is_file(), "install the package (pip install -e .) to compile the catalogues"
    with compiled.open("rb") as mo:
        held = GNUTranslations(mo)._catalog
    memory.seek(0)
    assert held == GNUTranslations(memory)._catalog, (
        "the .po changed: install again (pip install -e . --no-deps)"
    )
