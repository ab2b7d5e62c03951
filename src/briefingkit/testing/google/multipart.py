"""Batches on the wire: multipart/mixed with a whole HTTP request in each part, and an answer of the same kind.

Source: "Send batch requests" (developers.google.com/workspace/calendar/api/guides/batch). Each answer's Content-ID is
the request's with `response-` before it.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus

from attrs import frozen

from briefingkit.testing.google.refusal import Refusal

__all__ = ["BOUNDARY", "Part", "compose", "parse"]

BOUNDARY = "batch_briefingkit"
_BOUNDARY = re.compile(r'multipart/mixed\s*;.*?boundary="?([^";]+)"?', re.IGNORECASE | re.DOTALL)


@frozen
class Part:
    """One request of a batch."""

    content_id: str
    verb: str
    target: str
    headers: dict[str, str]
    body: bytes


def parse(content_type: str, body: bytes) -> list[Part]:
    """Read the requests of a batch. Raises a Refusal, 400, where it is none."""
    boundary = _BOUNDARY.match(content_type)
    if boundary is None:
        raise _bad()
    pieces = (b"\r\n" + body).replace(b"\r\n", b"\n").split(b"\n--" + boundary[1].encode())
    _, *parts, end = pieces if pieces[1:] else (b"", b"")
    if not parts or not end.startswith(b"--"):
        raise _bad()
    return [_parse_part(piece) for piece in parts]


def _parse_part(piece: bytes) -> Part:
    outer, _, request = piece.lstrip(b"\n").partition(b"\n\n")
    headers = _headers(outer)
    if not headers.get("content-type", "").startswith("application/http"):
        raise _bad()
    head, _, content = request.lstrip(b"\n").partition(b"\n\n")
    line, _, rest = head.partition(b"\n")
    verb, _, target = line.decode("utf-8", "replace").partition(" ")
    if not target:
        raise _bad()
    return Part(headers.get("content-id", ""), verb, target.split(" ")[0], _headers(rest), content)


def _headers(lines: bytes) -> dict[str, str]:
    unfolded = re.sub(r"\n[ \t]+", " ", lines.decode("utf-8", "replace"))
    found = (line.partition(":") for line in unfolded.split("\n") if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in found}


def _bad() -> Refusal:
    return Refusal(400, "badRequest", "Failed to parse batch request, error: 0 items.")


def compose(answers: Iterable[tuple[str, int, dict[str, str], bytes]]) -> bytes:
    """Write the answers, of (Content-ID of the request, status, headers, body), as one body."""
    written = []
    for content_id, status, headers, body in answers:
        named = f"<response-{content_id.removeprefix('<')}" if content_id else ""
        head = [
            f"--{BOUNDARY}",
            "Content-Type: application/http",
            *([f"Content-ID: {named}"] if named else []),
            "",
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
            f"Content-Length: {len(body)}",
            "",
            "",
        ]
        written.append("\r\n".join(head).encode() + body + b"\r\n")
    return b"".join(written) + f"--{BOUNDARY}--\r\n".encode()
