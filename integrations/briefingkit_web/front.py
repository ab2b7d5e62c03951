"""The front page: what people can register for, in the language that they choose or that their browser asks for."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from briefingkit.rendering.words import STATUSES
from briefingkit.text.phrases import SHIPPED
from briefingkit_web.rendering import page, root_of, spoken
from briefingkit_web.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from briefingkit_web.offer import Offer
    from briefingkit_web.site import Edition

__all__ = ["front_page"]

_CHOICE = "language"


def front_page(edition: "Edition", request: "Request", now: datetime) -> "Response":
    """List what is to come, the soonest first."""
    offers = [each for each in edition.offers.values() if not each.is_over(now)]
    chosen = request.query_params.get(_CHOICE)
    language = chosen if chosen in SHIPPED else spoken(request)
    root = root_of(request)
    entries = sorted(
        (_entry(each, language, root, chosen) for each in offers),
        key=lambda each: str(each["view"].utc_start),
    )
    values = {"entries": entries, "statuses": STATUSES, "alternates": _switch(offers, language, root)}
    return page(edition, "offers.html.j2", language, values)


def _entry(offer: "Offer", language: str, root: str, chosen: str | None) -> dict[str, Any]:
    shown = offer.view(language)
    # Who has chosen a language keeps it; everybody else goes by their browser's.
    ending = f"/{chosen}" if chosen in offer.languages else ""
    return {
        "href": f"{root}/{offer.identifier}{ending}",
        "title": Words(shown.title, shown.marks.get("title")),
        "view": shown,
    }


def _switch(offers: "Sequence[Offer]", language: str, root: str) -> list[dict[str, Any]]:
    """List the languages that anything is announced in."""
    from briefingkit.rendering.markup import Writer

    spoken_here = {tag for offer in offers for tag in offer.languages} | {language}
    pages = {tag: f"{root}/?{_CHOICE}={tag}" for tag in SHIPPED if tag in spoken_here}
    return Writer(language, {}).switch(pages, language)
