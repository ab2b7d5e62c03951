r"""Patterns that an answer must have: the regular expressions that cannot run away.

What an organiser writes is tried on what anybody types, so no pattern may take longer than the text is long. Python's
own `re` goes back and forth and may take for ever (`(a+)+$`); this matcher goes along the text once, with all the
states that the pattern can be in (K. Thompson, Regular Expression Search Algorithm, CACM 11:6, 1968).

What is known: characters, `.`, `[a-z]`, `\d \w \s` and their opposites, groups, `|`, `? * + {2} {2,} {2,5}`. A
pattern is always of the whole answer; a `^` and a `$` around it say nothing new. There are no back-references and no
looking around: those are what cannot be matched in one go.
"""

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache

from attrs import define, field, frozen

from briefingkit.errors import ModelError

__all__ = ["Pattern", "pattern_of"]

_LONGEST = 200
_MOST_STATES = 500
_DEEPEST = 10
_ATOM = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^\\]", re.DOTALL)
_REPEAT = re.compile(r"\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")
_ESCAPES = frozenset("dDwWsS")


@frozen
class Pattern:
    """A pattern that was read: for each state the character that leads on, and where; see `pattern_of`."""

    source: str
    _tests: tuple[re.Pattern[str] | None, ...] = field(repr=False, eq=False)
    _next: tuple[tuple[int, ...], ...] = field(repr=False, eq=False)
    _start: int = field(repr=False, eq=False)
    _end: int = field(repr=False, eq=False)

    def matches(self, text: str) -> bool:
        """Tell whether the whole text is as the pattern says; the time grows as text and pattern do, no faster."""
        now = self._reach((self._start,))
        for character in text:
            onward = (
                state
                for each in now
                if (test := self._tests[each]) is not None and test.fullmatch(character)
                for state in self._next[each]
            )
            now = self._reach(onward)
            if not now:
                return False
        return self._end in now

    def _reach(self, states: Iterable[int]) -> set[int]:
        """Add the states that are reached without a character."""
        reached: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                if self._tests[state] is None:
                    waiting += self._next[state]
        return reached


@lru_cache(maxsize=256)
def pattern_of(source: str) -> Pattern:
    """Read a pattern. ModelError, with what is wrong, for one that is none, is not known here or is too large."""
    if len(source) > _LONGEST:
        raise ModelError(f"a pattern has at most {_LONGEST} characters")
    body = source.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    reader = _Reader(body)
    start, end = reader.choice()
    if reader.at < len(body):
        raise ModelError("a bracket ) closes what none opened")
    tests, following = tuple(reader.tests), tuple(map(tuple, reader.following))
    return Pattern(source, tests, following, start, end)


@define
class _Reader:
    """Goes along a pattern once and notes states; a piece is the state before it and the state behind it."""

    text: str
    at: int = 0
    depth: int = 0
    tests: list[re.Pattern[str] | None] = field(factory=list)
    following: list[list[int]] = field(factory=list)

    def choice(self) -> tuple[int, int]:
        branches = [self.sequence()]
        while self.text[self.at : self.at + 1] == "|":
            self.at += 1
            branches.append(self.sequence())
        if len(branches) == 1:
            return branches[0]
        start, end = self.state(), self.state()
        for first, last in branches:
            self.following[start].append(first)
            self.following[last].append(end)
        return start, end

    def sequence(self) -> tuple[int, int]:
        start = end = self.state()
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            first, last = self.repeated()
            self.following[end].append(first)
            end = last
        return start, end

    def repeated(self) -> tuple[int, int]:
        """Read a piece and how often it stands; one that stands several times is read again for each."""
        begin = self.at
        piece = self.piece()
        least, most = self.often()
        behind = self.at
        copies = max(least, 1) if most is None else most
        start = end = self.state()
        for count in range(copies):
            if count:
                self.at = begin
                piece = self.piece()
            first, last = piece
            after = self.state()
            self.following[end] += [first] if count < least else [first, after]
            self.following[last] += [after, first] if most is None and count + 1 == copies else [after]
            end = after
        self.at = behind
        return start, end

    def often(self) -> tuple[int, int | None]:
        """Read how often the piece before stands: at least and at most, None for no end."""
        sign = self.text[self.at : self.at + 1]
        found = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(sign)
        if found is not None:
            self.at += 1
        elif sign == "{" and (match := _REPEAT.match(self.text, self.at)):
            least, comma, most = match.groups()
            self.at = match.end()
            found = (int(least), int(most) if most else None if comma else int(least))
        else:
            return 1, 1
        if found[1] is not None and found[1] < max(found[0], 1):
            raise ModelError("how often a thing stands is at least once, and the smaller number first: {2,5}")
        if self.text[self.at : self.at + 1] in tuple("?*+{"):
            raise ModelError("two signs for how often stand side by side: put the first in brackets")
        return found

    def piece(self) -> tuple[int, int]:
        sign = self.text[self.at]
        if sign == "(":
            return self.group()
        if sign in "*+?{^$":
            raise ModelError(f"{sign!r} cannot stand here; for the character itself, write \\{sign}")
        match = _ATOM.match(self.text, self.at)
        if match is None:
            raise ModelError("a backslash stands at the end")
        self.at = match.end()
        start, end = self.state(_test(match.group())), self.state()
        self.following[start].append(end)
        return start, end

    def group(self) -> tuple[int, int]:
        self.at += 3 if self.text.startswith("(?:", self.at) else 1
        if self.text[self.at : self.at + 1] == "?":
            raise ModelError("looking around, names and options in a group are not known here")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ModelError("the pattern has too many brackets in brackets")
        found = self.choice()
        self.depth -= 1
        if self.text[self.at : self.at + 1] != ")":
            raise ModelError("a bracket ( is not closed")
        self.at += 1
        return found

    def state(self, test: re.Pattern[str] | None = None) -> int:
        if len(self.tests) >= _MOST_STATES:
            raise ModelError("the pattern says too much: make it shorter, or repeat less")
        self.tests.append(test)
        self.following.append([])
        return len(self.tests) - 1


def _test(atom: str) -> re.Pattern[str]:
    """Compile what stands for one character, which `re` matches at once."""
    if atom == "[":
        raise ModelError("a bracket [ is not closed")
    if atom.startswith("\\") and atom[1].isalnum() and atom[1] not in _ESCAPES:
        raise ModelError(f"{atom} is not known here")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # [[a] and the like mean something else some day
            return re.compile(atom)
    except (re.error, Warning) as error:
        raise ModelError(f"{atom[:40]} is no set of characters: {error}") from None
