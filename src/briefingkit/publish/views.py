"""What a target's projection starts from: the views of all publications in its languages, with others' addresses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import Unpublishable
from briefingkit.publish.context import Context, OutputKey
from briefingkit.text.fallback import Fallback

if TYPE_CHECKING:
    from briefingkit.model import Access, Briefing, FromTarget, Publication
    from briefingkit.rendering.values import View
    from briefingkit.text import LocalizedUrl

__all__ = ["REGISTRATION", "ROOM", "Views", "made_addresses", "room_of"]

REGISTRATION = "registration"
"""The output that is where to register; `registration.fr` where a target makes one for each language."""

ROOM = "room"
"""The output that is the online room of a briefing."""


def room_of(language: str) -> str:
    """Name the output that is the room of an interpretation language."""
    return f"{ROOM}.{language}"


def _public() -> "Access":
    from briefingkit.model import Access

    return Access.PUBLIC


@frozen
class Views:
    """What a target's settings say of its views: in which languages, for whom, and what becomes of missing texts.

    `languages` empty: each briefing's own. `fallbacks` are by language, `fallback` for all others.
    """

    languages: tuple[str, ...] = ()
    fallback: Fallback = Fallback.MARK
    fallbacks: Mapping[str, Fallback] = field(factory=dict)
    audience: "Access" = field(factory=_public)

    def of(
        self,
        publications: "Sequence[Publication]",
        context: Context,
        *,
        own: "Callable[[Briefing, str], Mapping[str, str]]" = lambda *_: {},
    ) -> "Mapping[str, Mapping[str, View]]":
        """Give the views of each briefing, by identifier and language.

        `own` gives the addresses that the target knows itself, by their path in the view. Raises Unpublishable, with
        every view that is not complete, where a language is refused for that.
        """
        from briefingkit.model import Programme
        from briefingkit.rendering.view import view

        programme = Programme(each.briefing for each in publications)
        views: dict[str, dict[str, View]] = {}
        refused: list[str] = []
        for publication in publications:
            briefing = publication.briefing
            for language in self.languages or briefing.languages:
                addresses = {
                    **made_addresses(briefing, language, context, self.audience),
                    **own(briefing, language),
                }
                try:
                    made = view(
                        publication,
                        language,
                        programme=programme,
                        audience=self.audience,
                        fallback=self.fallbacks.get(language, self.fallback),
                        addresses=addresses,
                    )
                except Unpublishable as error:
                    refused.append(str(error))
                    continue
                views.setdefault(briefing.identifier, {})[language] = made
        if refused:
            raise Unpublishable("\n".join(refused))
        return views


def made_addresses(
    briefing: "Briefing", language: str, context: Context, audience: "Access"
) -> Mapping[str, str]:
    """Give the addresses that other targets make for a briefing, by their path in a view of it.

    One that is not known yet is there as its marker. What `audience` may not see is not asked for, nor what the
    target itself makes: only its own projection can tell where it needs that.
    """
    return dict(_made_addresses(briefing, language, context, audience))


def _made_addresses(
    briefing: "Briefing", language: str, context: Context, audience: "Access"
) -> Iterator[tuple[str, str]]:
    from briefingkit.model import Access

    registration, online = briefing.registration, briefing.place.online if briefing.place else None
    if registration is not None and (maker := _registrar(briefing, context)):
        owner = briefing.identifier
        own = f"{REGISTRATION}.{language}"
        address = context.output(maker, own, owner=owner)  # asked for in any case: it may be made in this run
        if OutputKey(maker, owner, own) not in context.outputs:
            address = context.output(maker, REGISTRATION, owner=owner)
        yield "registration.url", address
    if not (online.access if online is not None else Access.REGISTERED).visible_to(audience):
        return
    if online is not None and (maker := _other(online.url, context)):
        yield "online.url", context.output(maker, ROOM, owner=briefing.identifier)
    for channel in briefing.interpretation.into if briefing.interpretation is not None else ():
        if maker := _other(channel.url, context):
            made = context.output(maker, room_of(channel.language), owner=briefing.identifier)
            yield f"interpretation.into.{channel.language}.url", made


def _registrar(briefing: "Briefing", context: Context) -> str | None:
    """Name the other target at which people register, if one is meant."""
    if briefing.registration is not None and briefing.registration.url is None:
        first = context.registrars.get(briefing.identifier)
        return first if first != context.target else None
    return _other(briefing.registration.url if briefing.registration else None, context)


def _other(url: "LocalizedUrl | FromTarget | None", context: Context) -> str | None:
    """Name the other target that makes an address, if one does."""
    from briefingkit.model import FromTarget

    return url.target if isinstance(url, FromTarget) and url.target != context.target else None
