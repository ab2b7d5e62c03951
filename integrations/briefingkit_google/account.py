"""`briefingkit auth google`: signing a person in, and saying how each target stands with Google."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from briefingkit.errors import IntegrationError, Transient
from briefingkit.publish.account import Needs, SignedIn, SignIn, Standing
from briefingkit.retry import Patience
from briefingkit_google.auth import Auth, calendar_scopes, library_missing
from briefingkit_google.auth_words import no_access
from briefingkit_google.faults import Fault
from briefingkit_google.key_file import AUTHORIZED_USER

if TYPE_CHECKING:
    from briefingkit_google.client import Session

__all__ = ["GoogleAccount"]

_PATIENCE = Patience(budget=timedelta(seconds=20))
_WRITERS = {"writer", "owner"}


@frozen
class GoogleAccount:
    """How people sign in to Google, and how targets stand there."""

    def needs(self, targets: Sequence[Any]) -> Needs:
        """Tell the scopes of targets, and their token files: of those that a person signs in for, if there are any."""
        ours = [target for target in targets if _signs_in(target)]
        signed = [target for target in ours if target.auth.user is not None]
        scopes = [scope for target in signed or ours for scope in _scopes(target)] or calendar_scopes()
        tokens = [target.base / Path(target.auth.user).expanduser() for target in signed]
        return Needs(tuple(dict.fromkeys(scopes)), tuple(dict.fromkeys(tokens)))

    def sign_in(self, asked: SignIn) -> SignedIn:
        """Have a person consent in a browser, and write the token file.

        Raises IntegrationError where nobody consented or the file cannot be written, MissingExtra without Google's
        packages.
        """
        with library_missing():
            from briefingkit_google import consent, identities, token_file
        client = consent.read_client(asked.client)
        token_file.check_place(asked.token)
        given = consent.ask(client, asked.scopes, asked.show, port=asked.port, patience=asked.patience)
        held = identities.of_consent(client, given)
        try:
            identities.keep(held, asked.token)
        except OSError as error:
            raise IntegrationError(f"{asked.token} cannot be written: {error.strerror or error}") from None
        who, notices = _met(asked)
        base = asked.targets[0].base if asked.targets else asked.token.parent
        path = Path(os.path.relpath(asked.token, base)).as_posix()
        return SignedIn(who, given.scopes, f"auth: {{user: {path}}}", notices)

    def check(self, target: Any) -> Standing:
        """Get a token for a target, and look at its calendars, its folder or its people. Nothing is changed."""
        if not _signs_in(target):
            return Standing(problems=("it is of an integration that signs in by itself",))
        session, standing = None, Standing()
        try:
            session = _session_of(target)
            standing = Standing(who=session.account, scopes=tuple(session.credentials.scopes or ()))
            for each in _looked_through(session, target):
                standing = evolve(
                    standing, sees=standing.sees + each.sees, problems=standing.problems + each.problems
                )
            return evolve(standing, who=_person(session) or standing.who)
        except (IntegrationError, Transient) as error:
            return evolve(standing, problems=(*standing.problems, str(error)))
        finally:
            if session is not None:
                session.transport.close()


@frozen
class _Seat:
    """What a session needs of settings, with nothing of a target."""

    auth: Auth
    base: Path
    base_url: str | None = None
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


def _signs_in(target: Any) -> bool:
    """Tell targets of ours from those of others whose names begin with google too."""
    return isinstance(getattr(target, "auth", None), Auth)


def _is_in_drive(target: Any) -> bool:
    """Tell a target that makes files in Drive, forms or spreadsheets, from one of calendars."""
    return hasattr(target, "folder")


def _knows_people(target: Any) -> bool:
    """Tell a target of an audience, which looks for itself."""
    return hasattr(target, "look")


def _scopes(target: Any) -> tuple[str, ...]:
    if _is_in_drive(target) or _knows_people(target):
        scopes: tuple[str, ...] = target.scopes
        return scopes
    return calendar_scopes(make=target.make is not None, access=bool(target.access))


def _session_of(target: Any) -> "Session":
    if _knows_people(target):
        session: Session = target.open_session()
        return evolve(session, patience=_PATIENCE)
    return _session(target, _scopes(target), "drive" if _is_in_drive(target) else "calendar")


def _session(settings: Any, scopes: tuple[str, ...], api: str = "calendar") -> "Session":
    with library_missing():
        from briefingkit_google.client import Api, session_of
    return evolve(session_of(settings, Api(api, "v3", scopes)), patience=_PATIENCE)


def _looked_through(session: "Session", target: Any) -> Iterable[Standing]:
    if _knows_people(target):
        return (target.look(session),)
    return _looks_in_drive(session, target) if _is_in_drive(target) else _looks(session, target)


def _met(asked: SignIn) -> tuple[str, tuple[str, ...]]:
    """Say who it was that consented, if the API lets us in; and if it does not, why."""
    server = asked.targets[0].base_url if asked.targets else None
    seat = _Seat(Auth(user=str(asked.token.absolute())), asked.token.parent, server)
    try:
        session = _session(seat, asked.scopes)
        person = _person(session)
        if person is None:
            return "", ()
        with library_missing():
            from briefingkit_google.identities import keep
        keep(session.credentials.with_account(person), asked.token)  # so that messages can name them
    except (IntegrationError, Transient, OSError) as error:
        return "", (str(error),)
    return person, ()


def _person(session: "Session") -> str | None:
    """Name a person by their own calendar, which is called by their address; a service account has a name already."""
    who = session.credentials.who if hasattr(session.credentials, "who") else None
    if who is None or who.kind != AUTHORIZED_USER or not hasattr(session.service, "calendarList"):
        return None
    if any(scope.endswith("/calendar.calendarlist.readonly") for scope in who.scopes):
        told = session.ask(session.service.calendarList().get(calendarId="primary", fields="id"))
        return None if isinstance(told, Fault) else told.get("id")
    told = session.ask(session.service.events().list(calendarId="primary", maxResults=1, fields="summary"))
    return None if isinstance(told, Fault) else told.get("summary")


def _looks(session: "Session", target: Any) -> Iterator[Standing]:
    """Look at each calendar that the settings name, or at those that there are."""
    if target.make is not None:
        yield _listed(session)
    for calendar in dict.fromkeys(target.calendar_ids.values()):
        yield _looked_at(session, calendar)


def _looks_in_drive(session: "Session", target: Any) -> Iterator[Standing]:
    """Look at the folder that the settings name, or at whose Drive it is."""
    if target.folder is None:
        told = session.ask(session.service.about().get(fields="user(emailAddress)"))
        if isinstance(told, Fault):
            yield Standing(problems=(told.words,))
        else:
            yield Standing(sees=(f"the Drive of {told.get('user', {}).get('emailAddress', 'this account')}",))
        return
    fields = "name,capabilities(canAddChildren)"
    told = session.ask(
        session.service.files().get(fileId=target.folder, fields=fields, supportsAllDrives=True)
    )
    may_add = not isinstance(told, Fault) and told.get("capabilities", {}).get("canAddChildren")
    if may_add:
        yield Standing(sees=(_seen(str(told.get("name")), "may add files"),))
        return
    verb = "sees no" if isinstance(told, Fault) and told.gone else "may add nothing to"
    problem = (
        f"{session.account} {verb} folder {target.folder}: check its id, and make the account a content manager of "
        "the shared drive, or an editor of the folder"
    )
    yield Standing(problems=(problem,))


def _looked_at(session: "Session", calendar: str) -> Standing:
    """Ask for one event: the answer names the calendar, and says what we may do there."""
    who = getattr(session.credentials, "who", None)
    events = session.service.events()
    told = session.ask(events.list(calendarId=calendar, maxResults=1, fields="summary,accessRole"))
    if isinstance(told, Fault):
        if told.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            return Standing(problems=(no_access(calendar, who, "sees no"),))
        return Standing(problems=(f"calendar {calendar}: {told.words}",))
    role = str(told.get("accessRole", "none"))
    problems = () if role in _WRITERS else (no_access(calendar, who, "may not write to"),)
    return Standing(sees=(_seen(told.get("summary") or calendar, role),), problems=problems)


def _listed(session: "Session") -> Standing:
    """List the calendars that are ours: among them are those that the target has made."""
    seen: list[str] = []
    token: str | None = None
    while True:
        calendars = session.service.calendarList()
        fields = "nextPageToken,items(summary,accessRole)"
        told = session.ask(
            calendars.list(minAccessRole="owner", maxResults=250, pageToken=token, fields=fields)
        )
        if isinstance(told, Fault):
            return Standing(problems=(f"the list of calendars: {told.words}",))
        seen += [_seen(each.get("summary", ""), each.get("accessRole", "")) for each in told.get("items", ())]
        token = told.get("nextPageToken")
        if token is None:
            return Standing(sees=tuple(seen))


def _seen(name: str, role: str) -> str:
    return f"{name} ({role})"
