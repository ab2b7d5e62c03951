"""How long a service asks to wait is read wherever it stands."""

from datetime import timedelta

import pytest

from briefingkit.web_api.waits import asked_in

DATE = {"date": "Sat, 28 Nov 2026 07:00:00 GMT"}
EPOCH = 1795849200  # the same


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({"retry-after": "7"}, timedelta(seconds=7)),
        ({"retry-after": "0.5"}, timedelta(seconds=0.5)),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e400"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sat, 28 Nov 2026 07:01:00 GMT", **DATE}, timedelta(minutes=1)),
        ({"retry-after": "Sat, 28 Nov 2026 06:00:00 GMT", **DATE}, timedelta()),
        ({"retry-after": "Sat, 28 Nov 2026 07:01:00 GMT"}, None),
        ({"retry-after": "9999999"}, timedelta(hours=24)),
        ({"x-sib-ratelimit-reset": "45"}, timedelta(seconds=45)),
        ({"ratelimit-reset": "1"}, timedelta(seconds=1)),
        ({"x-ratelimit-reset": str(EPOCH + 30), **DATE}, timedelta(seconds=30)),
        ({"x-ratelimit-reset": str(EPOCH + 30)}, None),
        ({}, None),
    ],
)
def test_a_wait_is_a_number_or_a_point_in_time(headers: dict[str, str], wanted: timedelta | None) -> None:
    assert asked_in(headers) == wanted


def test_a_number_that_cannot_be_read_leaves_the_next_header_to_say_it() -> None:
    assert asked_in({"retry-after": "soon", "ratelimit-reset": "4"}) == timedelta(seconds=4)
