"""The application: which address is answered by what. It can be mounted in any ASGI application."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from briefingkit.errors import StoreError, TextError
from briefingkit.text.language import best_match, canonical
from briefingkit.text.phrases import SHIPPED
from briefingkit_web import organizer, own_page
from briefingkit_web.front import front_page
from briefingkit_web.limits import Limiter
from briefingkit_web.mail_calls import Calls
from briefingkit_web.offer import Offer
from briefingkit_web.queue import Desk
from briefingkit_web.receiving import Unreadable, is_from_elsewhere
from briefingkit_web.rendering import error_page, root_of, see_other, spoken
from briefingkit_web.settings import Settings, token_from
from briefingkit_web.shield import Shield
from briefingkit_web.site import Edition, Site
from briefingkit_web.taking_part import take_part
from briefingkit_web.unsubscribing import unsubscribe
from briefingkit_web.visitor import Visit, ask, hand_in, too_many

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Scope

    from briefingkit.mailing.outgoing.sender import Sender
    from briefingkit.project import Project

__all__ = ["app"]

_GUESSES = 5  # tokens of organisers that one address may try at once, and a minute
_Handler = Callable[[Visit, str], Awaitable[Response]]


def app(
    project: "Project",
    *,
    organizer_token: str | None = None,
    per_minute: float = 60,
    burst: int = 60,
    clock: Callable[[], float] = time.monotonic,
    sender: "Sender | None" = None,
) -> "ASGIApp":
    """Make the registration pages of a project, as an ASGI application.

    `organizer_token` opens the organisers' list at `/_organizer/`; without one, BRIEFINGKIT_ORGANIZER_TOKEN of the
    project's environment does, and where there is neither, there is no such list. `per_minute` is how many forms
    one address may hand in, `burst` how many at once; 0 is no limit. `clock` gives seconds, for limits alone: what time
    it is, the project's own clock says. A `sender` is told of each registration, and begins and ends with the
    application's lifespan; where that is mounted, nobody runs its lifespan, and you start and stop the sender yourself.
    Without one, mail is sent by others: `briefingkit mail send`, or workers.

    Raises what is wrong with the project: SourceError, ProjectError, StoreError, IntegrationError for templates.
    """
    settings = Settings(organizer_token or token_from(project.environment), per_minute, burst)
    pages = _Pages(project, settings, clock, sender)
    pages.site.open()
    return assembled(pages)


def assembled(pages: "_Pages") -> "ASGIApp":
    """Put the addresses, the pages for what goes wrong, and the headers together."""
    inner = Starlette(routes=pages.routes(), lifespan=pages.lifespan, exception_handlers=pages.faults())
    # Its redirects would lead to whatever host the request names: see `_without_slash`.
    inner.router.redirect_slashes = False
    return Shield(inner, pages.broken)


class _Pages:
    """The handlers, with all that they share."""

    def __init__(
        self,
        project: "Project",
        settings: Settings,
        clock: Callable[[], float],
        sender: "Sender | None" = None,
    ) -> None:
        self.site, self.settings, self.sender = Site(project, clock=clock), settings, sender
        self.desk = Desk() if sender is None else Desk(taken=sender.wake)
        self.forms = Limiter(settings.per_minute, settings.burst, clock)
        self.guesses = Limiter(_GUESSES, _GUESSES, clock)
        self.calls = Calls()

    def routes(self) -> list[Route]:
        """Name the addresses."""
        folder = f"/{organizer.FOLDER}"
        both, look = ["GET", "POST"], ["GET"]
        return [
            Route("/", self.index, methods=look),
            Route("/_health", _health, methods=look),
            Route("/favicon.ico", _no_icon, methods=look),
            Route("/_mail/{name}", self.call, methods=both),
            Route(folder, self.organizers(_lists), methods=look),
            Route(f"{folder}/", self.organizers(_lists), methods=look),
            Route(f"{folder}/{{briefing}}", self.organizers(_list), methods=both),
            Route(f"{folder}/{{briefing}}/report", self.organizers(_report), methods=look),
            Route(f"{folder}/{{briefing}}/list.{{kind}}", self.organizers(_file), methods=look),
            Route(f"{folder}/{{briefing}}/{{number:int}}", self.organizers(_person), methods=both),
            Route("/{briefing}", self.negotiated, methods=both),
            Route("/{briefing}/{language}", self.visit(_form), methods=both),
            Route("/{briefing}/{language}/u/{token}", self.by_mail(unsubscribe), methods=both),
            Route("/{briefing}/{language}/p/{token}/{answer}", self.by_mail(take_part), methods=both),
            Route("/{briefing}/{language}/r/{token}", self.visit(own_page.look), methods=look),
            Route(
                "/{briefing}/{language}/r/{token}/event.ics", self.visit(own_page.calendar_file), methods=look
            ),
            Route("/{briefing}/{language}/r/{token}/change", self.visit(own_page.change), methods=both),
            Route("/{briefing}/{language}/r/{token}/cancel", self.visit(own_page.cancel), methods=both),
        ]

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Finish what is being written, and then what is being sent, before the server ends."""
        self.desk.start()
        if self.sender is not None:
            self.sender.start()
        yield
        await self.desk.stop()
        if self.sender is not None:
            await asyncio.to_thread(self.sender.stop)
        self.site.close()

    def visit(self, handler: _Handler) -> "Callable[[Request], Awaitable[Response]]":
        """Wrap what answers a visitor in one language of one briefing."""

        async def answered(request: "Request") -> Response:
            edition = await self.site.edition()
            offer = edition.offers.get(request.path_params["briefing"])
            if offer is None:
                return self._unknown(edition, request)
            language = _language(offer, request.path_params["language"])
            if language is None:
                return self._elsewhere(offer, request)
            return await self._answer(edition, offer, language, request, handler)

        return answered

    async def negotiated(self, request: "Request") -> Response:
        """Answer at a briefing's address without a language, in the one that the browser asks for."""
        edition = await self.site.edition()
        offer = edition.offers.get(request.path_params["briefing"])
        if offer is None:
            return self._unknown(edition, request)
        language = spoken(request, offer.languages)
        return await self._answer(edition, offer, language, request, _form)

    async def _answer(
        self, edition: Edition, offer: Offer, language: str, request: "Request", handler: _Handler
    ) -> Response:
        self.desk.start()  # where the application is mounted, nobody runs its lifespan
        visit = Visit(request, self.site, self.desk, self.settings, edition, offer, language)
        if request.method == "POST":
            if is_from_elsewhere(request):
                return error_page(edition, request, 403, language=language)
            if seconds := self.forms.wait(request.client.host if request.client else None):
                return too_many(visit, seconds)
        try:
            return await handler(visit, request.path_params.get("token", ""))
        except Unreadable as error:
            return error_page(edition, request, error.status, language=language)
        except StoreError:
            return error_page(edition, request, 503, language=language, headers={"retry-after": "5"})

    def organizers(
        self, handler: "Callable[[_Pages, Edition, Request], Awaitable[Response]]"
    ) -> "Callable[[Request], Awaitable[Response]]":
        """Wrap what organisers alone may see; without a token in the settings it is not there at all."""

        async def answered(request: "Request") -> Response:
            edition = await self.site.edition()
            identifier = request.path_params.get("briefing")
            if self.settings.organizer_token is None:
                return error_page(edition, request, 404)
            if away := organizer.turned_away(edition, request, self.settings, self.guesses):
                return away
            if identifier is not None and identifier not in edition.offers:
                return error_page(edition, request, 404)
            if request.method == "POST" and is_from_elsewhere(request):
                return error_page(edition, request, 403)
            self.desk.start()
            try:
                return await handler(self, edition, request)
            except Unreadable as error:
                return error_page(edition, request, error.status)
            except StoreError:
                return error_page(edition, request, 503, headers={"retry-after": "5"})

        return answered

    def by_mail(
        self, handler: "Callable[[Site, Edition, Request, str], Awaitable[Response]]"
    ) -> "Callable[[Request], Awaitable[Response]]":
        """Wrap what answers at the links of mails, whether people can register or not, however many come at once."""

        async def answered(request: "Request") -> Response:
            edition = await self.site.edition()
            asked = request.path_params["language"]
            language = asked if asked in SHIPPED else spoken(request)
            try:
                return await handler(self.site, edition, request, language)
            except StoreError:
                return error_page(edition, request, 503, language=language, headers={"retry-after": "5"})

        return answered

    async def call(self, request: "Request") -> Response:
        """Answer a mail service that tells what became of mails."""
        return await self.calls.answer(self.site, await self.site.edition(), request)

    async def index(self, request: "Request") -> Response:
        """List what people can register for."""
        return front_page(await self.site.edition(), request, self.site.now)

    def _unknown(self, edition: Edition, request: "Request") -> Response:
        gone = edition.was_announced(request.path_params["briefing"])
        return error_page(edition, request, 410 if gone else 404)

    @staticmethod
    def _elsewhere(offer: Offer, request: "Request") -> Response:
        """Lead from a language that there is not to the nearest that there is; what was posted there is lost.

        Nearest to the one in the address, as `fr` to `fr-CA`; where none is near, to what the browser asks for.
        """
        language = _nearest(offer, request.path_params["language"]) or spoken(request, offer.languages)
        return see_other(f"{root_of(request)}/{offer.identifier}/{language}")

    def faults(self) -> dict[Any, Any]:
        """Give the pages for what the router itself refuses."""

        async def refused(request: "Request", error: Exception) -> Response:
            edition = await self.site.edition()
            if isinstance(error, HTTPException):
                if error.status_code == HTTPStatus.NOT_FOUND and (path := _without_slash(request)):
                    return RedirectResponse(path, HTTPStatus.TEMPORARY_REDIRECT)
                return error_page(edition, request, error.status_code, headers=error.headers)
            return error_page(edition, request, 500)

        return {HTTPException: refused, Exception: refused}

    async def broken(self, scope: "Scope") -> "ASGIApp":
        """Make the page for what nobody foresaw; plain words where even that cannot be made."""
        from starlette.requests import Request

        try:
            return error_page(await self.site.edition(), Request(scope), 500)
        except Exception:  # noqa: BLE001 - the templates themselves may be what is broken
            return PlainTextResponse("500", 500)


def _language(offer: Offer, tag: str) -> str | None:
    if tag in offer.languages:
        return tag
    try:
        known = canonical(tag)
    except TextError:
        return None
    return known if known in offer.languages else None


def _nearest(offer: Offer, tag: str) -> str | None:
    try:
        return best_match((tag,), offer.languages)
    except TextError:
        return None


def _without_slash(request: "Request") -> str | None:
    """Give the address without a slash too many at its end, as a path: the host stays the reader's own."""
    path: str = request.scope["path"]
    return path.rstrip("/") if path.endswith("/") and not path.startswith("//") else None


async def _health(_request: "Request") -> Response:
    return PlainTextResponse("ok")


async def _no_icon(_request: "Request") -> Response:
    """Say once a day, in a few octets, that there is none: every browser asks for it."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"cache-control": "public, max-age=86400"})


async def _form(visit: Visit, _token: str) -> Response:
    return await (hand_in(visit) if visit.request.method == "POST" else ask(visit))


async def _lists(_pages: _Pages, edition: Edition, request: "Request") -> Response:
    return await organizer.lists(edition, request)


async def _list(pages: _Pages, edition: Edition, request: "Request") -> Response:
    return await organizer.list_page(edition, request, pages.settings, request.path_params["briefing"])


async def _report(_pages: _Pages, edition: Edition, request: "Request") -> Response:
    return await organizer.report(edition, request, request.path_params["briefing"])


async def _file(_pages: _Pages, edition: Edition, request: "Request") -> Response:
    return await organizer.list_file(
        edition, request, request.path_params["briefing"], request.path_params["kind"]
    )


async def _person(pages: _Pages, edition: Edition, request: "Request") -> Response:
    offer = edition.offers[request.path_params["briefing"]]
    visit = Visit(request, pages.site, pages.desk, pages.settings, edition, offer, spoken(request))
    return await organizer.person_page(edition, visit, request.path_params["number"])
