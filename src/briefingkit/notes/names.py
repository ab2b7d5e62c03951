"""Lists of names in a sentence, taken apart where that can be told; and what looks like a name."""

import re
from collections.abc import Iterator

from attrs import frozen

from briefingkit.notes.inline import LinkSpan, Passage

__all__ = ["NameSpan", "looks_like_person", "split_names"]

_SEPARATOR = re.compile(
    r"\s*(?:[,;•]|\s/\s|\s[&+]\s|\b(?:and|et|y|e|as\swell\sas|ainsi\sque|asi\scomo)\b(?!\s(?:of"
    r"|de)\b))\s*(?:(?:and|et|y|e|the|le|la|les|el|los|las)\s)?",
    re.IGNORECASE,
)
_SURE_SEPARATOR = re.compile(r"\s*[,;•]\s*(?:and\s|et\s|y\s)?(?:the\s|le\s|la\s|les\s|l'|el\s|los\s|las\s)?")
_ARTICLE = re.compile(r"^(?:the|le|la|les|l'|el|los|las|by|par|por)\s+|^l'", re.IGNORECASE)
_PARTICLES = frozenset(
    "de da do dos das del della der den van von vander ten ter la le el al bin ibn ben abu y e i du des di "
    "d' st af av "
    "zu san santa".split()
)
_HONORIFIC = re.compile(
    r"^(?:(?:h\.?\s?e|mr|mrs|ms|mx|dr|dra|prof|sr|sra|srta|m|mme|mlle|hon|rev|sir|dame|ing|lic|arch|amb)\.?"
    r"|professor|profesora?|professeure?"
    r"|madame|monsieur|ambassador|don|dona|her\sexcellency|his\sexcellency|s\.e\.)\s+", re.IGNORECASE
)  # fmt: skip
_MOST_TOKENS = 7


@frozen(eq=False)
class NameSpan:
    """A name within a passage. `sure`: nothing joins it to its neighbours that may be part of a name."""

    start: int
    end: int
    link: LinkSpan | None = None
    sure: bool = True


def split_names(passage: Passage, start: int, end: int) -> Iterator[NameSpan]:
    """Split "A, B and C"; the words of a link stay together, and "and" makes a split less than sure."""
    cuts = [start]
    unsure: set[int] = set()
    for match in _SEPARATOR.finditer(passage.text, start, end):
        if any(
            link.start < match.end() and match.start() < link.end for link in passage.links
        ) or _in_brackets(passage.text[start : match.start()]):
            continue
        if not _SURE_SEPARATOR.fullmatch(match[0]):
            unsure.update((match.start(), match.end()))
        cuts.extend((match.start(), match.end()))
    cuts.append(end)
    for a, b in zip(cuts[::2], cuts[1::2], strict=True):
        begin, stop = _trim(passage.text, a, b)
        if begin < stop:
            link = next((each for each in passage.links if begin <= each.start and each.end <= stop), None)
            yield NameSpan(begin, stop, link, sure=link is not None or not (a in unsure or b in unsure))


def _in_brackets(before: str) -> bool:
    return before.count("(") > before.count(")")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ",.;:–—-•*|"):
        start += 1
    article = _ARTICLE.match(text[start:end])
    start += article.end() if article else 0
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",.;:–—-•*|"):
        end -= 1
    return start, end


def looks_like_person(text: str) -> bool:
    """Whether a few words may be a person's name: two to seven words, each with a capital or a particle."""
    if _HONORIFIC.match(text):
        return True
    words = text.replace("’", "'").split()
    if not 2 <= len(words) <= _MOST_TOKENS or any(char.isdigit() for char in text):
        return False
    named = [word for word in words if word.lower() not in _PARTICLES]
    capital = [
        word
        for word in named
        if word[0].isupper() or word[0] in "'(\"" or not (word[0].islower() or word[0].isupper())
    ]
    return (
        bool(named)
        and len(capital) == len(named)
        and all(re.match(r"^[\w.'’()\"-]+$", word) for word in words)
    )


def is_honoured(text: str) -> bool:
    """Whether a name begins with a title such as Dr or Mme."""
    return bool(_HONORIFIC.match(text))
