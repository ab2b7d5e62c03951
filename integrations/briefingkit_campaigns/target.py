"""What the targets for campaigns have in common; a file of one holds what is its service's own."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from attrs.validators import is_callable

from briefingkit.errors import ModelError
from briefingkit.model import Letterhead
from briefingkit.publish import Change, Context, Outcome, Resource, Snapshot, Value
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical_tags
from briefingkit.web_api.settings import check_base_url, check_key
from briefingkit_campaigns.identity import CAMPAIGN
from briefingkit_campaigns.service import Service, Terms

if TYPE_CHECKING:
    from briefingkit.model import Publication
    from briefingkit_campaigns.wording import Tags

__all__ = ["CampaignTarget", "check_tag"]


def _check_timeout(_instance: object, attribute: Any, value: float) -> None:
    """Bound how long a request may take, in seconds."""
    if not 0 < value <= 300:  # noqa: PLR2004 - as the message says
        raise ModelError("timeout is seconds, more than none and at most 300", field=attribute.name)


def check_tag(_instance: object, attribute: Any, value: str) -> None:
    """Refuse a name of a contact's field that would be something else in a service's language."""
    if not value.isascii() or not value.replace("_", "").isalnum():
        raise ModelError("a field of contacts is letters, digits and underscores", field=attribute.name)


@frozen
class CampaignTarget(ABC):
    """Keep a draft campaign for each briefing and language, for a person to send.

    `letterhead` is in whose name it goes out. `mailing` names a mailing of the briefing whose words are taken, those of
    an invitation otherwise. `base_url` is another address of the API, `timeout` the seconds for one request. `target`
    and `namespace` are filled in by the project. Whoever inherits adds `audiences` by language; a language without one
    has no campaign.
    """

    api_key: str = field(repr=False, validator=check_key)
    letterhead: Letterhead
    languages: tuple[str, ...] = field(default=(), converter=canonical_tags, kw_only=True)
    fallback: Fallback = field(default=Fallback.MARK, kw_only=True)
    fallbacks: Mapping[str, Fallback] = field(factory=dict, hash=False, kw_only=True)
    mailing: str | None = field(default=None, kw_only=True)
    base_url: str | None = field(default=None, validator=check_base_url, kw_only=True)
    timeout: float = field(default=30.0, validator=_check_timeout, kw_only=True)
    target: str = field(default="", kw_only=True)
    namespace: str = field(default="", kw_only=True)
    sleep: Any = field(default=time.sleep, validator=is_callable(), repr=False, eq=False, kw_only=True)

    batch = 50
    order = (CAMPAIGN,)

    @property
    @abstractmethod
    def _service(self) -> Service:
        """The calls to the service."""

    @property
    @abstractmethod
    def _terms(self) -> Terms:
        """What a projection has to know."""

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project publications into drafts. Raises Unpublishable for an incomplete language to be refused."""
        from briefingkit_campaigns.projection import project

        return project(self._terms, publications, context)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:  # noqa: ARG002 - read whole every time
        """Read what is ours, by the marks in titles. IntegrationError where that cannot be done."""
        from briefingkit_campaigns.reading import read_campaigns

        return read_campaigns(self._service, self._terms, wanted)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Make, write and delete drafts; what goes wrong with one is its outcome. Nothing is sent."""
        from briefingkit_campaigns.writing import apply_changes

        return apply_changes(self._service, self._terms, changes)

    def _terms_of(
        self,
        audiences: Mapping[str, Value],
        tags: "Tags",
        *,
        has_text: bool = True,
        lacks: tuple[str, ...] = (),
    ) -> Terms:
        return Terms(
            self.letterhead,
            audiences,
            tags,
            self.languages,
            self.fallback,
            self.fallbacks,
            self.mailing,
            self.target,
            self.namespace,
            has_text=has_text,
            lacks=lacks,
        )
