"""What a browser does, for the people in this example: it fetches a page, and sends the form that stands in it."""

import html
import re
from collections.abc import Mapping
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

__all__ = ["visit"]


def visit(address: str, answers: Mapping[str, str] | None = None) -> str:
    """Fetch a page, or send its form with these answers and the token that stands in it; the page is given."""
    form = dict(answers or {})
    if form and (token := re.search(r'name="_token" value="([^"]+)"', visit(address))):
        form["_token"] = html.unescape(token[1])
    there = urlsplit(address)
    with closing(HTTPConnection(there.netloc, timeout=30)) as line:
        head = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        line.request("POST" if form else "GET", there.path, urlencode(form) or None, head)
        answer = line.getresponse()
        page = answer.read().decode()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise SystemExit(f"{address}: {answer.status} {answer.reason}")
    return page
