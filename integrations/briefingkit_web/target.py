"""The target: at which address people register for which briefing, told to the pages, calendars and mails."""

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.publish import Action, Change, Context, Outcome, Remote, Resource, Snapshot, Status
from briefingkit.publish.views import REGISTRATION
from briefingkit_web.announced import FOLDER, Announced, Announcement

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication
    from briefingkit.rendering.templates import Templates

__all__ = ["PAGE", "Web"]

PAGE = "registration-page"
"""The kind of the one thing that this target holds."""

_BATCH = 100
_URL = re.compile(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?")
_MOVED = "somebody else has changed this announcement since it was read: plan again"


def _ending_in_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"


def _check_url(_instance: object, attribute: Any, value: str) -> None:
    if not (value.isprintable() and _URL.fullmatch(value)):
        message = f"{value[:80]!r} is no address of a site: give one such as https://register.example.org/"
        raise ModelError(message, field=attribute.name)
    if value.startswith("http:") and not _is_here(urlsplit(value).hostname or ""):
        raise ModelError(
            "what people hand in goes over https alone, but on this machine", field=attribute.name
        )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761 section 6.3


@frozen
class Web:
    """Announce the registration page. `briefingkit serve`, or an ASGI server of yours, is what serves it.

    `url` is the address under which the page is reached from outside. `templates` is a folder of your own page
    templates, from `base`, which is the project's folder; the project fills it in, and the target's name.
    """

    url: str = field(converter=_ending_in_slash, validator=_check_url)
    templates: str | None = None
    base: Path = Path()
    target: str = "web"

    batch = _BATCH
    order = (PAGE,)

    def registers(self, briefing: "Briefing") -> bool:
        """Whether people can register for a briefing here: for all that take registrations, and do so nowhere else."""
        from briefingkit.model import FromTarget

        asked = briefing.registration
        if asked is None:
            return False
        return asked.url is None or (isinstance(asked.url, FromTarget) and asked.url.target == self.target)

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project publications into the addresses at which people register for them."""
        for publication in publications:
            briefing = publication.briefing
            if not self.registers(briefing) or not self._is_ours(briefing, context):
                continue
            pages = {language: self.address(briefing.identifier, language) for language in briefing.languages}
            fields = {
                "uid": publication.uid,
                "revision": publication.revision,
                "url": self.address(briefing.identifier),
                "pages": pages,
            }
            yield Resource(PAGE, briefing.identifier, briefing.identifier, fields)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read what was announced, and whatever stands where announcements would go.

        Raises IntegrationError where the folder cannot be read.
        """
        del last  # a folder of small files is read as a whole
        found = {each.briefing: each for each in self.announced.all()}
        for resource in wanted:
            if resource.key not in found and (other := self.announced.look(resource.key)) is not None:
                found[resource.key] = other
        return Snapshot.of(self._remote(each) for each in found.values())

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Announce and take back; what goes wrong with one is its outcome."""
        for change in changes:
            try:
                yield self._apply(change)
            except OSError as error:
                yield Outcome(change, Status.FAILED, error=f"it cannot be written: {error.strerror or error}")

    def _apply(self, change: Change) -> Outcome:
        key, there = change.subject.key, self.announced.look(change.subject.key)
        if change.wanted is None and there is None:
            return Outcome(change, Status.DONE)
        if there is not None and there.fields is None:
            return Outcome(change, Status.REFUSED, error=f"{key}.json is in the way and is not ours")
        if change.held is not None and there is not None and there.digest != change.held.etag:
            return Outcome(change, Status.FAILED, error=_MOVED)
        if change.wanted is None:
            self.announced.remove(key)
            return Outcome(change, Status.DONE)
        if change.action is Action.UPDATE and there is None:
            return Outcome(change, Status.FAILED, error=_MOVED)
        return Outcome(change, Status.DONE, self._remote(self.announced.write(key, change.wanted.fields)))

    def _remote(self, found: Announcement) -> Remote:
        fields = found.fields
        resource = Resource(PAGE, found.briefing, found.briefing, fields or {})
        if fields is None:
            return Remote(resource, found.briefing, found.digest)
        return Remote(resource, found.briefing, found.digest, ours=True, outputs=_outputs(fields))

    def _is_ours(self, briefing: "Briefing", context: Context) -> bool:
        """Tell whether it is here that people register, where there is another target that could take them."""
        registration = briefing.registration
        if registration is None or registration.url is not None:
            return registration is not None
        return context.registrars.get(briefing.identifier, context.target) == context.target

    # What the page asks

    def address(self, briefing: str, language: str | None = None) -> str:
        """Give the address of a briefing's page, the one of a language or the one that finds the reader's."""
        return f"{self.url}{briefing}/{language}" if language else f"{self.url}{briefing}"

    @property
    def announced(self) -> Announced:
        """What this target has announced."""
        return Announced(self.base / FOLDER / self.target, self.target)

    def own_templates(self) -> "Templates":
        """Read the user's templates. IntegrationError where they cannot be read."""
        from briefingkit_web.templating import templates_in

        return templates_in(None if self.templates is None else self.base / self.templates)


def _outputs(fields: Mapping[str, Any]) -> dict[str, str]:
    pages = fields.get("pages")
    by_language = pages if isinstance(pages, Mapping) else {}
    made = {REGISTRATION: fields.get("url")}
    made.update({f"{REGISTRATION}.{language}": url for language, url in by_language.items()})
    return {name: url for name, url in made.items() if isinstance(url, str)}
