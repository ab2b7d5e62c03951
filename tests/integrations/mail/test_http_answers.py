"""Reading answers, settings, and what a lookup says: the parts that all mail services share."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from briefingkit.errors import IntegrationError, ModelError, Transient
from briefingkit.testing.mail.postmark import PostmarkDouble
from briefingkit.testing.mail.service import Broken, Reply, json_reply
from briefingkit.testing.transport import message_for
from briefingkit.web_api.line import Reply as Answer
from briefingkit_mail.http_verdicts import Verdict, judged, said, waited
from briefingkit_mail.postmark import Postmark


@pytest.mark.parametrize(
    ("headers", "words", "wanted"),
    [
        ({"retry-after": "7"}, "try again after 120 seconds", timedelta(seconds=7)),
        ({"retry-after": "soon"}, "limit exceeded, try again after 120 seconds", timedelta(minutes=2)),
        ({}, "", None),
    ],
)
def test_how_long_to_wait_is_read_from_words_where_no_header_says_it(
    headers: dict[str, str], words: str, wanted: timedelta | None
) -> None:
    assert waited(Answer(429, headers), words) == wanted


@pytest.mark.parametrize(
    ("body", "kind", "wanted"),
    [
        (b'{"message": "no"}', "application/json", "HTTP 400: no"),
        (b'{"errors": [{"message": "a"}, {"message": "b"}]}', "application/json", "HTTP 400: a; b"),
        (b'{"error": {"message": "no", "code": 4}}', "application/json", "HTTP 400: no"),
        (
            b'{"name": "validation_error", "message": "no"}',
            "application/json",
            "HTTP 400: validation_error: no",
        ),
        (b'{"error": {"error": {"error": {"error": {"error": "deep"}}}}}', "application/json", "HTTP 400:"),
        (b"Forbidden", "text/plain", "HTTP 400: Forbidden"),
        (b"<html>ada@example.org", "text/html; charset=utf-8", "HTTP 400: an answer of text/html"),
        (b"\xff", "", "HTTP 400: an answer of no kind"),
        (b"", "", "HTTP 400: an empty answer"),
    ],
)
def test_what_a_service_says_is_kept_short(body: bytes, kind: str, wanted: str) -> None:
    assert said(Answer(400, {"content-type": kind}, body)).strip() == wanted


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b"", Verdict.TAKEN),
        (204, b"", Verdict.TAKEN),
        (304, b"", Verdict.DENIED),
        (400, b"{}", Verdict.REFUSED),
        (400, b"<html>", Verdict.STRANGE),
        (413, b"<html>", Verdict.REFUSED),
        (418, b"{}", Verdict.REFUSED),
        (499, b"", Verdict.STRANGE),
        (408, b"", Verdict.BUSY),
        (409, b"{}", Verdict.UNSURE),
        (503, b"", Verdict.BUSY),
        (520, b"", Verdict.UNSURE),
        (101, b"", Verdict.UNSURE),
    ],
)
def test_a_status_has_one_meaning(status: int, body: bytes, verdict: Verdict) -> None:
    assert judged(Answer(status, {}, body)) is verdict


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"connections": 0}, "1 to 100"),
        ({"connections": 101}, "1 to 100"),
        ({"rate": 0}, "more than none"),
        ({"rate": float("nan")}, "more than none"),
        ({"timeout": 0.5}, "1 to 60"),
        ({"timeout": 61}, "1 to 60"),
        ({"base_url": "https://["}, "https"),
        ({"base_url": "https://api.city.example/?a=b"}, "https"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        Postmark("token", **settings)
    assert caught.value.field in settings


class TestLookingUp:
    @pytest.mark.parametrize(
        ("answer", "error", "words"),
        [
            (lambda: json_reply(401, {"Message": "no token"}), IntegrationError, "no token.*server_token"),
            (lambda: json_reply(500, {"Message": "oops"}), Transient, "oops"),
            (lambda: Reply(429, {"Retry-After": "9"}), Transient, "HTTP 429"),
            (lambda: Reply(200, {"Content-Type": "text/html"}, b"<html>"), Transient, "cannot be read"),
        ],
    )
    def test_no_answer_is_not_a_no(
        self, answer: Callable[[], Reply], error: type[IntegrationError], words: str
    ) -> None:
        with PostmarkDouble() as double:
            transport = Postmark(double.secret, base_url=double.url)
            double.handle = lambda _asked: answer()
            with pytest.raises(error, match=words) as caught:
                transport.find(message_for(1))
            assert double.secret not in str(caught.value)
            if isinstance(caught.value, Transient) and "429" in words:
                assert caught.value.retry_after == 9
            transport.close()

    @pytest.mark.parametrize(
        "value", [None, [], {}, {"Messages": None}, {"Messages": [None, {"Metadata": None}]}]
    )
    def test_an_answer_that_names_nothing_is_nothing(self, value: Any) -> None:
        with PostmarkDouble() as double:
            transport = Postmark(double.secret, base_url=double.url)
            double.handle = lambda _asked: json_reply(200, value)
            assert transport.find(message_for(1)) is None
            transport.close()

    def test_a_lost_answer_is_not_a_no(self) -> None:
        def lose(_asked: object) -> Reply:
            raise Broken

        with PostmarkDouble() as double:
            transport = Postmark(double.secret, base_url=double.url)
            double.handle = lose
            with pytest.raises(Transient):
                transport.find(message_for(1))
            transport.close()
