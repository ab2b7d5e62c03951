"""What is translated and what is not: W301 to W306, E301, and the readiness of each language."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.errors import Finding
from briefingkit.model import Briefing
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.paths import dotted
from briefingkit.source.text_paths import is_translatable, texts
from briefingkit.source.translations import Translations
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import best_match, undetermined

if TYPE_CHECKING:
    from briefingkit.source.project_file import TargetSettings

__all__ = ["Readiness", "check_languages", "readiness"]

_NAMED = 4  # as many missing paths stand in a message; the rest are counted


@frozen
class Readiness:
    """How far a briefing is translated into a language. A stale translation counts as there, and wants a look.

    `missing` and `stale` are paths by keys, in the order of the file.
    """

    language: str
    total: int
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def percent(self) -> int:
        """The share that is there and not stale, rounded down: 100 means that nothing is left to do."""
        done = self.total - len(self.missing) - len(self.stale)
        return 100 if self.total == 0 else 100 * done // self.total

    def __str__(self) -> str:
        counts = [
            f"{len(paths)} {word}"
            for paths, word in ((self.missing, "missing"), (self.stale, "stale"))
            if paths
        ]
        return ", ".join((f"{self.language} {self.percent} %", *counts))


def readiness(
    briefing: Briefing, translations: Translations | None = None, languages: Iterable[str] | None = None
) -> tuple[Readiness, ...]:
    """Tell how complete each language is, those that the briefing announces unless others are named."""
    translations = translations or Translations()
    held = [(dotted(steps), text) for steps, text in texts(briefing) if is_translatable(text)]
    wanted = briefing.languages if languages is None else tuple(languages)
    return tuple(
        Readiness(
            language,
            len(held),
            tuple(path for path, text in held if not text.has(language)),
            translations.stale(briefing, language),
        )
        for language in wanted
    )


def check_languages(
    loaded: Loaded, briefing: Briefing, targets: "Sequence[TargetSettings]"
) -> Iterator[Finding]:
    """Look at what is announced, what is there, and what targets make of the difference."""
    for ready in readiness(briefing, loaded.translations):
        yield from _incomplete(loaded, briefing, ready)
    yield from _unannounced(loaded, briefing)
    for language, path, entry in loaded.translations.orphans:
        message = f"{briefing.identifier} has no text at {path}"
        yield Finding("W304", message, "Look at the msgctxt", entry.position, f"{path}.{language}")
    yield from _interpretation(loaded, briefing)
    for target in targets:
        yield from _target(loaded, briefing, target)


def _incomplete(loaded: Loaded, briefing: Briefing, ready: Readiness) -> Iterator[Finding]:
    path = ("languages", briefing.languages.index(ready.language))
    if ready.missing:
        yield loaded.finding("W301", path, str(ready), f"Translate {_listed(ready.missing)}")
    for stale in ready.stale:
        entry = loaded.translations.entries[ready.language][stale]
        message = f"the source of {stale} has changed since it was translated into {ready.language}"
        yield Finding(
            "W302", message, "Look at the translation again", entry.position, f"{stale}.{ready.language}"
        )


def _listed(paths: Sequence[str]) -> str:
    rest = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _unannounced(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    """Name each language once, at the first text that is in it."""
    told: set[str] = set()
    for path, text in texts(briefing):
        for language in text.languages:
            if language in told or language == undetermined or best_match((language,), briefing.languages):
                continue
            told.add(language)
            message = f"{dotted(path)} is in {language}, which is not among the languages"
            yield loaded.finding(
                "W303", (*path, language), message, "Announce it under `languages`, or take it out"
            )


def _interpretation(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    if briefing.interpretation is None:
        return
    for language in briefing.interpretation.languages:
        if not best_match((language,), briefing.languages):
            message = f"one can follow in {language}, and no text is in it"
            yield loaded.finding(
                "W305", ("interpretation",), message, "Consider announcing it under `languages`"
            )


def _target(loaded: Loaded, briefing: Briefing, target: "TargetSettings") -> Iterator[Finding]:
    languages = target.languages or briefing.languages
    path = ("languages",)
    for ready in readiness(briefing, None, languages):
        if ready.total and not best_match((ready.language,), briefing.languages):
            message = f"{target.name} publishes in {ready.language}, which is not among the languages"
            yield loaded.finding("W306", path, message, "Announce it, or take it off the target")
        elif ready.missing and target.fallback_for(ready.language) is Fallback.REFUSE:
            message = (
                f"{target.name} refuses {ready.language} until it is complete: {len(ready.missing)} missing"
            )
            yield loaded.finding("E301", path, message, f"Translate {_listed(ready.missing)}")
