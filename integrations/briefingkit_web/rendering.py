"""From a request to an answer: pages in the reader's language, with the headers that belong to them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from briefingkit.text.phrases import SHIPPED, msgid
from briefingkit_web.reading_language import reader_language
from briefingkit_web.templating import fill_page
from briefingkit_web.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from briefingkit_web.site import Edition

__all__ = ["error_page", "page", "root_of", "see_other", "spoken"]

_MASTHEAD = msgid("Registration")
_REASONS = {
    400: (msgid("This request cannot be read"), msgid("Nothing was saved. Go back and try again.")),
    401: (
        msgid("This page is for the organisers"),
        msgid("Give the token that the organisers have as the password."),
    ),
    403: (
        msgid("This form did not come from this site"),
        msgid("Nothing was saved. Open the form here and send it again."),
    ),
    404: (
        msgid("There is no such page"),
        msgid("The address may have been mistyped, or a part of it is missing."),
    ),
    405: (msgid("This request cannot be read"), msgid("Nothing was saved. Go back and try again.")),
    408: (msgid("The form took too long to arrive"), msgid("Nothing was saved. Go back and try again.")),
    410: (
        msgid("This is no longer here"),
        msgid("The event or the registration was taken away by the organisers."),
    ),
    413: (
        msgid("What was sent is too large"),
        msgid("Nothing was saved. Shorten what you wrote and send it again."),
    ),
    415: (msgid("This request cannot be read"), msgid("Nothing was saved. Go back and try again.")),
    429: (
        msgid("Too many attempts came from here"),
        msgid("Wait for a moment, go back and send the form again."),
    ),
    500: (
        msgid("Something went wrong here"),
        msgid("Go back and try again in a moment. If it stays so, write to the organisers."),
    ),
    503: (
        msgid("The list cannot be reached just now"),
        msgid("Nothing was saved. Go back and try again in a moment."),
    ),
}


def root_of(request: "Request") -> str:
    """Give the path under which the application stands, without a slash at its end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def spoken(request: "Request", available: "Sequence[str]" = SHIPPED) -> str:
    """Choose the language that the reader's browser asks for, of those that there are."""
    return reader_language(request.headers.get("accept-language", ""), available)


def page(
    edition: "Edition",
    template: str,
    language: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    marks: Mapping[str, str] | None = None,
) -> Response:
    """Fill in a template and answer with it."""
    filled = fill_page(edition.templates, template, language, values, marks or {})
    headers = {
        "content-language": language,
        "vary": "Accept-Language",
        "content-security-policy": f"{filled.policy}; frame-ancestors 'none'",
    }
    return Response(filled.body, status, headers, media_type="text/html; charset=utf-8")


def error_page(
    edition: "Edition",
    request: "Request",
    status: int,
    *,
    language: str | None = None,
    reason: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Answer with what went wrong, in the reader's language; `reason` are message ids of a heading and of advice.

    `more` may hold `about`, the words of the masthead, and `mail`, an address (mailto:) of those who can help.
    """
    tag = language or spoken(request)
    heading, advice = reason or _REASONS.get(
        status, _REASONS[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500]
    )
    values = {
        "heading": said(heading, tag),
        "advice": said(advice, tag),
        "about": said(_MASTHEAD, tag),
        "mail": None,
        **(more or {}),
    }
    answer = page(edition, "error.html.j2", tag, values, status=status)
    answer.headers.update(headers or {})
    return answer


def see_other(address: str) -> Response:
    """Send the browser on by GET (RFC 9110 section 15.4.4), so that reloading hands nothing in again."""
    return RedirectResponse(address, 303)
