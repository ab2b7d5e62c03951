"""The query language of `files.list`, as far as the double understands it.

Source: "Search query terms and operators" (developers.google.com/workspace/drive/api/guides/ref-search-terms) and
"Search for files and folders" (…/guides/search-files). `name` and `mimeType` take =, != and contains (for a name it
matches the beginnings of words), `trashed` and `starred` = and !=, times the comparisons, `in` goes with parents,
owners, writers and readers, `has` with properties and appProperties. A term that is not kept is refused with 501, and
not passed by.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["Found", "parse_query"]

Found = dict[str, Any]
"""What a query sees of a file: the values of its terms."""
Test = Callable[[Found], bool]

_TOKENS = re.compile(r"\s*(?:('(?:[^'\\]|\\.)*')|(!=|<=|>=|[=<>(){}])|([A-Za-z]+))")
_TEXTS = {"name", "mimeType"}
_TRUTHS = {"trashed", "starred"}
_TIMES = {"createdTime", "modifiedTime"}
_COLLECTIONS = {"parents", "owners", "writers", "readers"}
_PROPERTIES = {"properties", "appProperties"}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def parse_query(text: str) -> Test:
    """Make a test of a query. Raises a Refusal: 400 for what is no query, 501 for a term that the double lacks."""
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        found = _TOKENS.match(text, at)
        if found is None:
            raise _bad()
        tokens.append(found[0].strip())
        at = found.end()
    parser = _Parser(tokens)
    test = parser.either()
    if parser.tokens:
        raise _bad()
    return test


class _Parser:
    """A parser that goes down the grammar: or, and, not, brackets, a term."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def either(self) -> Test:
        tests = [self._both()]
        while self._comes("or"):
            tests.append(self._both())
        return lambda found: any(test(found) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._comes("and"):
            tests.append(self._single())
        return lambda found: all(test(found) for test in tests)

    def _single(self) -> Test:
        if self._comes("not"):
            test = self._single()
            return lambda found: not test(found)
        if self._comes("("):
            inner = self.either()
            self._need(")")
            return inner
        return self._term()

    def _term(self) -> Test:
        first = self._next()
        if first.startswith("'"):
            self._need("in")
            return _in(_unquoted(first), self._next())
        operator = self._next()
        if first in _PROPERTIES and operator == "has":
            return self._has(first)
        if first in _TRUTHS and operator in {"=", "!="}:
            return _true(first, operator, self._next())
        if first in _TEXTS and operator in {"=", "!=", "contains"}:
            return _text(first, operator, _unquoted(self._next()))
        if first in _TIMES and operator in _COMPARE:
            return _time(first, operator, _unquoted(self._next()))
        if first in {"fullText", "sharedWithMe", "visibility", "viewedByMeTime", "memberCount"}:
            raise Refusal(501, "notImplemented", f"The double does not keep the query term {first}.")
        raise _bad()

    def _has(self, name: str) -> Test:
        self._need("{")
        given: dict[str, str] = {}
        for word in ("key", "and", "value"):
            self._need(word)
            if word != "and":
                self._need("=")
                given[word] = _unquoted(self._next())
        self._need("}")
        return lambda found: found[name].get(given["key"]) == given["value"]

    def _next(self) -> str:
        if not self.tokens:
            raise _bad()
        return self.tokens.pop(0)

    def _comes(self, word: str) -> bool:
        if self.tokens[:1] != [word]:
            return False
        self.tokens.pop(0)
        return True

    def _need(self, word: str) -> None:
        if not self._comes(word):
            raise _bad()


def _in(value: str, name: str) -> Test:
    if name not in _COLLECTIONS:
        raise _bad()
    return lambda found: value in found[name]


def _true(name: str, operator: str, value: str) -> Test:
    if value not in {"true", "false"}:
        raise _bad()
    return lambda found: _COMPARE[operator](found[name], value == "true")


def _text(name: str, operator: str, value: str) -> Test:
    if operator == "contains" and name == "name":
        beginning = re.compile(r"\b" + re.escape(value.lower()))
        return lambda found: beginning.search(found["name"].lower()) is not None
    if operator == "contains":
        return lambda found: value in found[name]
    return lambda found: _COMPARE[operator](found[name], value)


def _time(name: str, operator: str, value: str) -> Test:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise _bad() from None
    if at.tzinfo is None:
        raise _bad()  # Google takes UTC for it; the double wants it said
    return lambda found: _COMPARE[operator](found[name], at)


def _unquoted(token: str) -> str:
    if not token.startswith("'"):
        raise _bad()
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def _bad() -> Refusal:
    return invalid("Invalid Value", "q")
