"""What a page template says with: words, texts, names, times and addresses, escaped and in their own language."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from briefingkit.rendering.moments import (
    clock_in_words,
    day_in_words,
    machine_time,
    moment_in_words,
    span_in_words,
    times_in_words,
)
from briefingkit.rendering.prose import prose_html, safe_address
from briefingkit.rendering.words import languages_in_words, name_of_language
from briefingkit.text.language import direction, is_same_language
from briefingkit.text.phrases import language_for, phrase, plural
from briefingkit.text.spaces import unbroken

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Writer", "policy"]


def policy(css: str) -> str:
    """Write the page's Content-Security-Policy: its own style, pictures beside it, and nothing else at all."""
    allowed = b64encode(sha256(css.encode()).digest()).decode()
    nothing = "default-src 'none'; base-uri 'none'; form-action 'none'"
    return f"{nothing}; style-src 'sha256-{allowed}'; img-src 'self' data:"


class Writer:
    """Writes for a page in one language; `marks` are the texts that fell back to another."""

    def __init__(self, language: str, marks: Mapping[str, str]) -> None:
        self._language = language
        self._marks = marks
        self._spoken = language_for(language)

    def vocabulary(self) -> dict[str, Callable[..., Any]]:
        """Give the functions that every template has."""
        return {
            "_": self.say,
            "plural": self.plural,
            "text": self.text,
            "name": self.name,
            "prose": self.prose,
            "href": safe_address,
            "mailto": _mailto,
            "tel": _tel,
            "span": self.span,
            "times": self.times,
            "day": self.day,
            "clock": self.clock,
            "moment": self.moment,
            "languages": self.languages,
            "hreflang": self._marks.get,
        }

    def raw(self, html: str) -> "Markup":
        """Take as it is what is known to be safe."""
        from markupsafe import Markup

        return Markup(html)  # noqa: S704 - escaped by whoever made it

    def own(self, said: str) -> "Markup":
        """Write words from the catalogues; marked where the page's language has none and English stands in."""
        return self.marked(said, None if is_same_language(self._language, self._spoken) else self._spoken)

    def say(self, msgid: str, **values: object) -> "Markup":
        """Say a phrase; its values are isolated, and may be markup."""
        from markupsafe import Markup, escape

        shape = escape(phrase(msgid, self._language))
        isolated = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
        said = shape.format(**isolated) if values else shape
        return self.own(said)

    def plural(self, one: str, many: str, number: int) -> "Markup":
        """Say a phrase that counts."""
        return self.own(plural(one, many, number, self._language))

    def text(self, path: str, text: str) -> "Markup":
        """Write a text of the briefing's; one that fell back says in which language it is."""
        return self.typed(text, self._marks.get(path))

    def typed(self, text: str, language: str | None) -> "Markup":
        """Write a text as somebody typed it, with the spaces that its language sets; see `marked`."""
        return self.marked(unbroken(text, language or self._language), language)

    def marked(self, text: str, language: str | None) -> "Markup":
        """Write a text that is in another language than the page, where one is named."""
        from markupsafe import Markup, escape

        if language is None:
            return escape(text)
        return Markup('<span lang="{}" dir="{}">{}</span>').format(language, direction(language), text)

    def name(self, path: str, name: str) -> "Markup":
        """Write a name, whose direction is its own whatever stands around it."""
        from markupsafe import Markup

        language = self._marks.get(path)
        if language is None:
            return Markup("<bdi>{}</bdi>").format(name)
        return Markup('<bdi lang="{}">{}</bdi>').format(language, name)

    def prose(self, path: str, source: str, below: int = 2) -> "Markup":
        """Write Markdown."""
        from markupsafe import Markup

        body = self.raw(prose_html(source, below=below))
        language = self._marks.get(path)
        if language is None:
            return Markup('<div class="prose">{}</div>').format(body)
        shape = Markup('<div class="prose" lang="{}" dir="{}">{}</div>')
        return shape.format(language, direction(language), body)

    def span(self, start: str, end: str, zone: str | None) -> "Markup":
        """Write a span in words, with its start for machines."""
        return _time(machine_time(start, zone), span_in_words(start, end, zone, self._language))

    def times(self, start: str, end: str, zone: str) -> "Markup | None":
        """Write the times of a span of one day; None for others."""
        said = times_in_words(start, end, zone, self._language)
        return None if said is None else _time(machine_time(start, zone), said)

    def day(self, moment: str) -> "Markup":
        """Write a day."""
        return _time(moment[:10], day_in_words(moment, self._language))

    def clock(self, moment: str, zone: str) -> "Markup":
        """Write a time of day."""
        return _time(machine_time(moment, zone), clock_in_words(moment, self._language))

    def moment(self, moment: str, zone: str) -> "Markup":
        """Write a day and time."""
        return _time(machine_time(moment, zone), moment_in_words(moment, zone, self._language))

    def languages(self, tags: tuple[str, ...]) -> str:
        """List languages in words."""
        return languages_in_words(tags, self._language)

    def switch(self, alternates: Mapping[str, str], current: str) -> list[dict[str, Any]]:
        """List the languages that there is a page in, each by its own name."""
        return [
            {
                "tag": tag,
                "href": href,
                "name": name_of_language(tag, tag),
                "dir": direction(tag),
                "current": tag == current,
            }
            for tag, href in alternates.items()
        ]


def _time(machine: str, said: str) -> "Markup":
    from markupsafe import Markup

    return Markup('<time datetime="{}">{}</time>').format(machine, said)


def _mailto(address: str) -> str:
    return f"mailto:{quote(address, safe='@')}"


def _tel(number: str) -> str:
    kept = "".join(
        character for character in number if character.isascii() and (character.isdigit() or character == "+")
    )
    return f"tel:{kept}"
