import re
import timeit
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.text.dates import (
    format_date,
    format_duration,
    format_span,
    format_time,
    format_times,
    instant,
    zone_city,
    zone_label,
)
from briefingkit.text.phrases import SHIPPED
from briefingkit.text.zones import in_zone, zone_names

START, END = datetime(2022, 4, 13, 15), datetime(2022, 4, 13, 16)
LATE, LATER = datetime(2022, 4, 13, 22, 30), datetime(2022, 4, 13, 23, 30)
HOST = "Europe/Brussels"
ZONES = sorted(zone_names())
starts = st.datetimes(datetime(1995, 1, 1), datetime(2036, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
lengths = st.integers(0, 5 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))

ORGANIZERS = {
    "en": "Wednesday, 13 April 2022, 15:00–16:00 CEST (UTC+2)",
    "fr": "mercredi 13 avril 2022, 15:00–16:00 CEST (UTC+2)",
    "es": "miércoles, 13 de abril de 2022, 15:00–16:00 CEST (UTC+2)",
    "ar": "الأربعاء، 13 أبريل 2022، من 15:00 إلى 16:00 \u2068CEST (UTC+2)\u2069",
    "ru": "среда, 13 апреля 2022\u00a0г., 15:00–16:00 CEST (UTC+2)",
    "zh": "2022年4月13日星期三 15:00–16:00 CEST (UTC+2)",
    "pt": "quarta-feira, 13 de abril de 2022, 15:00–16:00 CEST (UTC+2)",
}
SAME_DAY = {
    "en": " — {times} your time",
    "fr": " — dans votre fuseau horaire\u00a0: {times}",
    "es": " — en su zona horaria: {times}",
    "ar": " — بتوقيتكم المحلي: {times}",
    "ru": " — по вашему времени: {times}",
    "zh": " — 您的当地时间：{times}",
    "pt": " — no seu fuso horário: {times}",
}
THURSDAY = {
    "en": "Thursday, 14 April 2022, ",
    "fr": "jeudi 14 avril 2022, ",
    "es": "jueves, 14 de abril de 2022, ",
    "ar": "الخميس، 14 أبريل 2022، ",
    "ru": "четверг, 14 апреля 2022\u00a0г., ",
    "zh": "2022年4月14日星期四 ",
    "pt": "quinta-feira, 14 de abril de 2022, ",
}


def times(language: str, start: str, end: str, label: str) -> str:
    if language == "ar":
        return f"من {start} إلى {end} \u2068{label}\u2069"
    if language == "es":  # CLDR: no leading nought
        start, end = (at.removeprefix("0") for at in (start, end))
    return f"{start}–{end} {label}"


@pytest.mark.parametrize("language", SHIPPED)
def test_a_span_names_the_day_the_times_and_the_zone_of_that_day(language: str) -> None:
    assert format_span(START, END, HOST, language) == ORGANIZERS[language]


@pytest.mark.parametrize("language", SHIPPED)
@pytest.mark.parametrize(
    ("zone", "start", "end", "label"),
    [
        ("America/New_York", "09:00", "10:00", "EDT (UTC-4)"),
        ("Asia/Tokyo", "22:00", "23:00", "JST (UTC+9)"),
        ("Asia/Kolkata", "18:30", "19:30", "IST (UTC+5:30)"),
        ("America/Sao_Paulo", "10:00", "11:00", "UTC-3"),
    ],
)
def test_a_reader_on_the_same_day_sees_their_own_times_too(
    language: str, zone: str, start: str, end: str, label: str
) -> None:
    own = SAME_DAY[language].format(times=times(language, start, end, label))
    assert format_span(START, END, HOST, language, reader_zone=zone) == ORGANIZERS[language] + own


@pytest.mark.parametrize("language", SHIPPED)
def test_a_reader_on_another_day_sees_that_day_named(language: str) -> None:
    reader = THURSDAY[language] + times(language, "01:00", "02:00", "NZST (UTC+12)")
    own = SAME_DAY[language].format(times=reader)
    assert (
        format_span(START, END, HOST, language, reader_zone="Pacific/Auckland") == ORGANIZERS[language] + own
    )


@pytest.mark.parametrize("language", SHIPPED)
def test_a_late_event_is_tomorrow_in_tokyo(language: str) -> None:
    reader = THURSDAY[language] + times(language, "05:30", "06:30", "JST (UTC+9)")
    written = format_span(LATE, LATER, HOST, language, reader_zone="Asia/Tokyo")
    assert written.endswith(SAME_DAY[language].format(times=reader))


def test_a_reader_whose_clock_is_the_organizers_sees_the_times_once() -> None:
    assert format_span(START, END, HOST, "en", reader_zone="Europe/Madrid") == ORGANIZERS["en"]


def test_a_reader_with_the_same_offset_under_another_name_finds_their_own_zone() -> None:
    assert format_span(START, END, HOST, "en", reader_zone="Africa/Johannesburg") == (
        f"{ORGANIZERS['en']} — 15:00–16:00 SAST (UTC+2) your time"
    )


def test_a_reader_for_whom_it_spans_midnight_sees_both_days() -> None:
    assert format_span(START, END, HOST, "en", reader_zone="Australia/Brisbane") == (
        f"{ORGANIZERS['en']} — 23:00 – Thursday, 14 April 2022, 00:00 AEST (UTC+10) your time".replace(
            "— 23:00", "— Wednesday, 13 April 2022, 23:00"
        )
    )


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Wednesday, 13 April 2022, 23:30 – Thursday, 14 April 2022, 00:30 CEST (UTC+2)"),
        ("fr", "mercredi 13 avril 2022, 23:30 – jeudi 14 avril 2022, 00:30 CEST (UTC+2)"),
        ("es", "miércoles, 13 de abril de 2022, 23:30 – jueves, 14 de abril de 2022, 0:30 CEST (UTC+2)"),
        ("ar", "من الأربعاء، 13 أبريل 2022، 23:30 إلى الخميس، 14 أبريل 2022، 00:30 \u2068CEST (UTC+2)\u2069"),
        ("ru", "среда, 13 апреля 2022\u00a0г., 23:30 – четверг, 14 апреля 2022\u00a0г., 00:30 CEST (UTC+2)"),
        ("zh", "2022年4月13日星期三 23:30 至 2022年4月14日星期四 00:30 CEST (UTC+2)"),
        (
            "pt",
            "quarta-feira, 13 de abril de 2022, 23:30 – quinta-feira, 14 de abril de 2022, 00:30 CEST (UTC+2)",
        ),
    ],
)
def test_an_overnight_span_names_both_days(language: str, written: str) -> None:
    start, end = datetime(2022, 4, 13, 23, 30), datetime(2022, 4, 14, 0, 30)
    assert format_span(start, end, HOST, language) == written
    assert format_times(start, end, HOST, language) == written


def test_a_span_over_a_clock_change_has_a_label_at_each_end() -> None:
    assert format_span(datetime(2022, 3, 27, 1), datetime(2022, 3, 27, 4), HOST, "en") == (
        "Sunday, 27 March 2022, 01:00 CET (UTC+1) – 04:00 CEST (UTC+2)"
    )
    assert format_span(datetime(2022, 10, 29, 22), datetime(2022, 10, 30, 4), HOST, "en") == (
        "Saturday, 29 October 2022, 22:00 CEST (UTC+2) – Sunday, 30 October 2022, 04:00 CET (UTC+1)"
    )


def test_a_time_in_a_gap_is_written_as_clocks_then_show_it() -> None:
    assert format_times(datetime(2022, 3, 27, 2, 30), datetime(2022, 3, 27, 4), HOST, "en") == (
        "03:30–04:00 CEST (UTC+2)"
    )


def test_the_hour_that_comes_twice_is_told_apart_by_its_labels() -> None:
    first, second = datetime(2022, 10, 30, 2, 30), datetime(2022, 10, 30, 2, 30, fold=1)
    assert format_times(first, second, HOST, "en") == "02:30 CEST (UTC+2) – 02:30 CET (UTC+1)"
    assert (
        format_times(first, second.replace(minute=10), HOST, "en") == "02:30 CEST (UTC+2) – 02:10 CET (UTC+1)"
    )


def test_a_moment_is_written_once() -> None:
    assert format_times(START, START, HOST, "fr") == "15:00 CEST (UTC+2)"


@pytest.mark.parametrize(
    ("language", "one_month", "two_months", "two_years"),
    [
        ("en", "16–20 May 2022", "30 April – 2 May 2022", "30 December 2022 – 2 January 2023"),
        ("fr", "16–20 mai 2022", "30 avril – 2 mai 2022", "30 décembre 2022 – 2 janvier 2023"),
        (
            "es",
            "16–20 de mayo de 2022",
            "30 de abril – 2 de mayo de 2022",
            "30 de diciembre de 2022 – 2 de enero de 2023",
        ),
        ("ar", "16–20 مايو 2022", "30 أبريل – 2 مايو 2022", "30 ديسمبر 2022 – 2 يناير 2023"),
        (
            "ru",
            "16–20 мая 2022\u00a0г.",
            "30 апреля – 2 мая 2022\u00a0г.",
            "30 декабря 2022\u00a0г. – 2 января 2023\u00a0г.",
        ),
        ("zh", "2022年5月16日至20日", "2022年4月30日至5月2日", "2022年12月30日至2023年1月2日"),
        (
            "pt",
            "16 – 20 de maio de 2022",
            "30 de abril – 2 de maio de 2022",
            "30 de dezembro de 2022 – 2 de janeiro de 2023",
        ),
        ("de", "16.–20. Mai 2022", "30. April – 2. Mai 2022", "30. Dezember 2022 – 2. Januar 2023"),
        ("und", "16–20 May 2022", "30 April – 2 May 2022", "30 December 2022 – 2 January 2023"),
    ],
)
def test_whole_days_are_written_without_what_they_share(
    language: str, one_month: str, two_months: str, two_years: str
) -> None:
    assert format_span(date(2022, 5, 16), date(2022, 5, 20), HOST, language) == one_month
    assert format_span(date(2022, 4, 30), date(2022, 5, 2), HOST, language) == two_months
    assert format_span(date(2022, 12, 30), date(2023, 1, 2), HOST, language) == two_years


def test_one_whole_day_is_that_day_for_every_reader() -> None:
    day = date(2022, 4, 13)
    assert format_span(day, day, HOST, "fr", reader_zone="Pacific/Auckland") == "mercredi 13 avril 2022"


@given(starts, lengths, st.sampled_from(ZONES), st.sampled_from(ZONES), st.sampled_from(SHIPPED))
def test_a_span_anywhere_names_every_day_and_zone_that_it_touches(
    start: datetime, length: timedelta, zone: str, reader_zone: str, language: str
) -> None:
    first = instant(start, zone)
    last = first.astimezone(UTC) + length
    there = in_zone(last, zone)
    written = format_span(start, there.replace(tzinfo=None), zone, language, reader_zone=reader_zone)
    assert "None" not in written
    assert not re.search(r"(?<!UTC)[+-]\d", written)
    for moment, where in ((first, zone), (there, zone), (first, reader_zone), (last, reader_zone)):
        assert zone_label(moment, where) in written
    days = {in_zone(moment, where).date() for moment in (first, last) for where in (zone, reader_zone)}
    for day in days:
        assert format_date(day, language) in written


@given(starts, lengths, st.sampled_from(ZONES), st.sampled_from(SHIPPED))
def test_the_same_span_is_written_in_the_same_characters(
    start: datetime, length: timedelta, zone: str, language: str
) -> None:
    end = in_zone(instant(start, zone).astimezone(UTC) + length, zone).replace(tzinfo=None)
    once, again = (format_span(start, end, zone, language) for _ in range(2))
    assert once == again
    assert not set(once) & {"\u2009", "\u202f", "\u200f"}
    assert {c for c in once if c.isdigit()} <= set("0123456789")


def test_a_span_can_be_written_in_every_language_that_cldr_has() -> None:
    languages = [tag for tag in locale_identifiers() if "_" not in tag and tag not in ("root", "tok")]
    assert len(languages) > 300
    for language in languages:
        written = format_span(START, END, HOST, language, reader_zone="Asia/Tokyo")
        assert "CEST (UTC+2)" in written
        assert "JST (UTC+9)" in written
        days = [
            format_span(date(2022, 4, 11), end, HOST, language)
            for end in (date(2022, 4, 13), date(2023, 5, 2))
        ]
        assert all(days), language
        assert "duration" not in format_duration(timedelta(days=1, minutes=1), language)


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(TextError, match="before the start"):
        format_span(END, START, HOST, "en")
    with pytest.raises(TextError, match="before the start"):
        format_span(date(2022, 4, 14), date(2022, 4, 13), HOST, "en")
    with pytest.raises(TextError, match="one of each"):
        format_span(START, date(2022, 4, 13), HOST, "en")
    with pytest.raises(TextError, match="one of each"):
        format_span(date(2022, 4, 13), END, HOST, "en")
    with pytest.raises(TextError, match="carries a zone"):
        format_span(START.replace(tzinfo=UTC), END, HOST, "en")
    with pytest.raises(TextError, match="not a time zone"):
        format_span(date(2022, 4, 13), date(2022, 4, 13), "Brussels", "en")
    with pytest.raises(TextError, match="not a time zone"):
        format_span(START, END, HOST, "en", reader_zone="Brussels")
    with pytest.raises(TextError, match="not a language tag"):
        format_span(START, END, HOST, "french")


@pytest.mark.parametrize(
    ("language", "long", "full"),
    [
        ("en", "13 April 2022", "Wednesday, 13 April 2022"),
        ("en-US", "April 13, 2022", "Wednesday, April 13, 2022"),
        ("en-AU", "13 April 2022", "Wednesday, 13 April 2022"),
        ("pt-PT", "13 de abril de 2022", "quarta-feira, 13 de abril de 2022"),
        ("zh-Hant", "2022年4月13日", "2022年4月13日 星期三"),
        ("ils", "13 April 2022", "Wednesday, 13 April 2022"),
    ],
)
def test_a_date_is_written_as_its_language_writes_it(language: str, long: str, full: str) -> None:
    assert format_date(date(2022, 4, 13), language, weekday=False) == long
    assert format_date(date(2022, 4, 13), language) == full
    assert format_date(datetime(2022, 4, 13, 23, 59), language) == full


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "09:05"), ("fr", "09:05"), ("es", "9:05"), ("fi", "9.05"), ("en-US", "09:05")],
)
def test_a_time_is_on_the_24_hour_clock(language: str, written: str) -> None:
    assert format_time(time(9, 5, 59), language) == written


@pytest.mark.parametrize(
    ("zone", "language", "city"),
    [
        ("Europe/Brussels", "fr", "Bruxelles"),
        ("Asia/Kolkata", "en", "Kolkata"),
        ("Asia/Calcutta", "es", "Calcuta"),
        ("Europe/Kyiv", "ru", "Киев"),
        ("America/Argentina/Buenos_Aires", "pt", "Buenos Aires"),
        ("America/New_York", "en", "New York"),
        ("US/Eastern", "es", "Nueva York"),
        ("Etc/GMT-2", "en", None),
        ("UTC", "en", None),
    ],
)
def test_a_zones_city_is_named_in_the_readers_language(zone: str, language: str, city: str | None) -> None:
    assert zone_city(zone, language) == city


def test_every_zone_of_a_place_has_a_city_in_every_language() -> None:
    for language in SHIPPED:
        cities = {
            zone: zone_city(zone, language) for zone in ZONES if "/" in zone and not zone.startswith("Etc/")
        }
        assert [zone for zone, city in cities.items() if city and ("_" in city or "/" in city)] == []
        assert cities["Asia/Kolkata"] == cities["Asia/Calcutta"]


def test_writing_a_span_is_quick_once_it_is_warm() -> None:
    spans = 500
    run = partial(format_span, START, END, HOST, "fr", reader_zone="Asia/Tokyo")
    run()
    assert min(timeit.repeat(run, number=spans, repeat=5)) / spans < 500e-6  # 35 µs where this was written


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "mardi 1er mars 2022"), ("fr-CA", "mardi 1er mars 2022"), ("es", "martes, 1 de marzo de 2022")],
)
def test_the_first_of_a_month_is_said_as_french_says_it(language: str, said: str) -> None:
    assert format_date(date(2022, 3, 1), language) == said


def test_days_from_the_first_on_are_said_as_french_says_them() -> None:
    assert format_span(date(2022, 3, 1), date(2022, 3, 3), "Europe/Paris", "fr") == "1er–3 mars 2022"
    assert format_span(date(2022, 3, 11), date(2022, 3, 21), "Europe/Paris", "fr") == "11–21 mars 2022"
