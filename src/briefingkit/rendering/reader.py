"""One who reads a briefing: what they may see, and what they get in another language than they asked for."""

from collections.abc import Mapping

from briefingkit.model import Access, FromTarget
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit.text.fallback import Fallback

__all__ = ["Reader"]


class Reader:
    """Whoever reads: their language and access, and a record of what they got in another language."""

    def __init__(
        self, language: str, audience: Access, fallback: Fallback, addresses: Mapping[str, str]
    ) -> None:
        self.language = language
        self.audience = audience
        self.fallback = fallback
        self.addresses = addresses
        self.marks: dict[str, str] = {}
        self.missing: list[str] = []

    def text(self, path: str, text: MultilingualText | None) -> str | None:
        """Read prose: marked, left out or refused where it is missing."""
        if text is None:
            return None
        found = text.lookup(self.language)
        if found.fallback:
            if self.fallback is Fallback.OMIT:
                return None
            self._fell_back(path, found.language)
        return found.text

    def name(self, path: str, name: Name | MultilingualText) -> str:
        """Read what something is called: never left out, for a thing without a name is no use to anyone."""
        found = name.lookup(self.language)
        if found.fallback:
            self._fell_back(path, found.language)
        return found.text

    def optional_name(self, path: str, name: Name | None) -> str | None:
        """Read what may have no name."""
        return None if name is None else self.name(path, name)

    def url(self, path: str, url: LocalizedUrl | FromTarget | None) -> str | None:
        """Read an address; one in another language is still of use, so it is marked and never refused."""
        if not isinstance(url, LocalizedUrl):
            return self.addresses.get(path)
        found = url.lookup(self.language)
        if found.fallback:
            self.marks[path] = found.language
        return found.text

    def _fell_back(self, path: str, language: str) -> None:
        self.marks[path] = language
        if self.fallback is Fallback.REFUSE:
            self.missing.append(path)
