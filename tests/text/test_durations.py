from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.text.durations import format_duration
from briefingkit.text.phrases import SHIPPED


@pytest.mark.parametrize(
    ("language", "hour_and_a_half", "two_days"),
    [
        ("en", "1 hour, 30 minutes", "2 days, 1 hour, 5 minutes"),
        ("fr", "1\u00a0heure et 30 minutes", "2\u00a0jours, 1\u00a0heure et 5 minutes"),
        ("es", "1 hora y 30 minutos", "2 días, 1 hora y 5 minutos"),
        ("ar", "ساعة و30 دقيقة", "يومان، وساعة، و5 دقائق"),
        ("ru", "1 час 30 минут", "2 дня 1 час 5 минут"),
        ("zh", "1小时30分钟", "2天1小时5分钟"),
        ("pt", "1 hora e 30 minutos", "2 dias, 1 hora e 5 minutos"),
        ("x-klingon", "1 hour, 30 minutes", "2 days, 1 hour, 5 minutes"),
    ],
)
def test_a_duration_is_written_exactly_in_each_language(
    language: str, hour_and_a_half: str, two_days: str
) -> None:
    assert format_duration(timedelta(minutes=90), language) == hour_and_a_half
    assert format_duration(timedelta(days=2, hours=1, minutes=5), language) == two_days


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        (timedelta(0), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59, seconds=30), "59 minutes, 30 seconds"),
        (timedelta(hours=24), "1 day"),
        (timedelta(minutes=95), "1 hour, 35 minutes"),
    ],
)
def test_nothing_is_rounded(duration: timedelta, written: str) -> None:
    assert format_duration(duration, "en") == written


@given(st.integers(0, 10**7), st.sampled_from(SHIPPED))
def test_no_unit_is_left_without_a_word(seconds: int, language: str) -> None:
    written = format_duration(timedelta(seconds=seconds), language)
    assert "duration" not in written
    assert "{" not in written


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(TextError, match="negative"):
        format_duration(timedelta(minutes=-1), "en")
