"""What is on offer: one briefing as people can register for it, and how that stands at a moment."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.model import Access, Publication, Status
from briefingkit.publish import Context, is_pending
from briefingkit.publish.views import made_addresses
from briefingkit.registrations.capacity import Room, Terms, terms_of
from briefingkit.registrations.form import SEGMENTS, Form, form_of
from briefingkit.registrations.registration import WHOLE
from briefingkit.rendering.view import View, view
from briefingkit_web.menus import Menus

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.publish import OutputKey
    from briefingkit.store.registration_rows import ListRow

__all__ = ["Offer", "Standing", "room_of"]


class Standing(StrEnum):
    """Whether people can register, and why not."""

    OPEN = "open"
    WAITLIST = "waitlist"
    """All places are taken; whoever registers waits for one."""
    FULL = "full"
    EARLY = "early"
    CLOSED = "closed"
    OVER = "over"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"

    @property
    def takes(self) -> bool:
        """Whether somebody new is taken in."""
        return self in {Standing.OPEN, Standing.WAITLIST}


@frozen
class Offer:
    """A briefing for which people can register. `revision` and `published` are those of its last publication."""

    briefing: "Briefing"
    programme: "Programme" = field(repr=False)
    namespace: str
    revision: int
    published: datetime
    outputs: "Mapping[OutputKey, str]" = field(factory=dict, repr=False)
    menus: Menus = field(factory=Menus, init=False, eq=False, repr=False)
    """The long lists of the whole form."""
    own_menus: Menus = field(factory=Menus, init=False, eq=False, repr=False)
    """Those of the form by which answers are changed, which asks for no address."""
    _views: dict[tuple[str, Access], View] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def identifier(self) -> str:
        """The briefing's own."""
        return self.briefing.identifier

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that the briefing is announced in; the page is there in each."""
        return self.briefing.languages

    @cached_property
    def form(self) -> Form:
        """What is asked."""
        return form_of(self.briefing, self.programme)

    @cached_property
    def terms(self) -> Terms:
        """What the list goes by."""
        return terms_of(self.briefing, self.programme)

    def shut(self, now: datetime) -> Standing | None:
        """Tell what keeps everybody out at a moment, however many places there are; None where nothing does."""
        status = self.briefing.status
        if status is Status.CANCELLED:
            return Standing.CANCELLED
        if status is Status.POSTPONED:
            return Standing.POSTPONED
        due = self.terms.due
        if self.is_over(now) or (due is not None and now >= due):
            return Standing.OVER
        if self.terms.opens is not None and now < self.terms.opens:
            return Standing.EARLY
        return None if self.terms.is_open(now) else Standing.CLOSED

    def standing(self, now: datetime, room: Room) -> Standing:
        """Tell how it stands at a moment, with the places that are taken then."""
        if (shut := self.shut(now)) is not None:
            return shut
        if room.is_free(WHOLE):
            return Standing.OPEN
        return Standing.WAITLIST if self.terms.capacity.waitlist else Standing.FULL

    def full(self, room: Room) -> frozenset[str]:
        """Name the parts of the programme in which all places are taken."""
        asked = self.form.by_key.get(SEGMENTS)
        return frozenset(key for key in asked.option_keys if not room.is_free(key)) if asked else frozenset()

    def view(self, language: str, audience: Access = Access.PUBLIC) -> View:
        """Give the briefing as somebody of an audience reads it."""
        known = self._views.get((language, audience))
        if known is None:
            publication = Publication(self.briefing, self.revision, self.published)
            known = view(
                publication,
                language,
                programme=self.programme,
                audience=audience,
                addresses=self._addresses(language, audience),
            )
            self._views[language, audience] = known
        return known

    def _addresses(self, language: str, audience: Access) -> Mapping[str, str]:
        """Give the addresses that targets have made, such as that of the room; what is not there yet is left out."""
        context = Context("", self.namespace, self.outputs, dict(self.programme.briefings))
        made = made_addresses(self.briefing, language, context, audience)
        return {path: address for path, address in made.items() if not is_pending(address)}

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has ended."""
        when = self.briefing.when
        return when is not None and now >= when.utc_end


def room_of(offer: Offer, held: "ListRow") -> Room:
    """Count the places that are taken, as the list's own row has them."""
    import json

    taken: dict[str, Any] = json.loads(held.taken)
    return Room(offer.terms.capacity, taken)
