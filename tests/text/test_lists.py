import pytest

from briefingkit.text.lists import format_list


@pytest.mark.parametrize(
    ("language", "two", "four"),
    [
        ("en", "a and b", "a, b, c and d"),
        ("en-US", "a and b", "a, b, c, and d"),
        ("fr", "a et b", "a, b, c et d"),
        ("es", "a y b", "a, b, c y d"),
        ("ar", "a وb", "a وb وc وd"),
        ("ru", "a и b", "a, b, c и d"),
        ("zh", "a和b", "a、b、c和d"),
        ("pt", "a e b", "a, b, c e d"),
    ],
)
def test_names_are_joined_as_the_language_joins_them(language: str, two: str, four: str) -> None:
    assert format_list(["a", "b"], language) == two
    assert format_list(["a", "b", "c", "d"], language) == four


@pytest.mark.parametrize(
    ("items", "joined"),
    [
        (["español", "inglés"], "español e inglés"),
        (["francés", "inglés", "italiano"], "francés, inglés e italiano"),
        (["inglés", "francés"], "inglés y francés"),
        (["árabe", "hindi"], "árabe e hindi"),
        (["agua", "hielo"], "agua y hielo"),
    ],
)
def test_spanish_and_changes_before_its_own_sound(items: list[str], joined: str) -> None:
    assert format_list(items, "es") == joined
    assert format_list(items, "es-MX") == joined


def test_one_name_stands_alone_and_none_is_empty() -> None:
    assert format_list(["a"], "fr") == "a"
    assert format_list([], "fr") == ""


def test_a_name_with_braces_is_only_a_name() -> None:
    assert format_list(["{0}", "{1.__class__}", "{x}"], "en") == "{0}, {1.__class__} and {x}"
