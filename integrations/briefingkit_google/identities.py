"""Google's credentials, made from what `auth:` names. Imports google.auth, and so is imported when it is used."""

import json
import logging
import os
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import google.auth
from google.auth.credentials import Credentials
from google.auth.environment_vars import CREDENTIALS
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError
from google.oauth2 import credentials as of_users
from google.oauth2 import service_account as of_services

from briefingkit.errors import IntegrationError
from briefingkit_google import token_file
from briefingkit_google.auth_words import NO_DEFAULT, SIGN_IN, Who
from briefingkit_google.key_file import (
    AUTHORIZED_USER,
    SERVICE_ACCOUNT,
    check_address,
    key_from,
    kind_in,
    named,
    parsed,
)

if TYPE_CHECKING:
    from briefingkit_google.consent import Client, Consent

__all__ = [
    "TOKEN_URI",
    "ServiceAccount",
    "User",
    "application_default",
    "keep",
    "of_consent",
    "service_account",
    "user",
]

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_log = logging.getLogger(__name__)
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


class ServiceAccount(of_services.Credentials):
    """A service account's credentials that speak to nobody but the token's address and the API itself.

    google-auth otherwise asks iamcredentials.googleapis.com, in a thread of its own, where the account may be used from
    (regional access boundaries). That is for Google Cloud: Workspace's APIs know nothing of it, and a double's token
    would go out to Google.
    """

    who: Who | None = None

    def refresh(self, request: Any) -> None:
        """Get a new access token, with one request."""
        super().refresh(_asking_once(request))  # type: ignore[no-untyped-call] # Google gives it no types

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


class User(of_users.Credentials):
    """A person's credentials; `kept` is told each time that they were refreshed."""

    who: Who | None = None
    kept: Callable[["User"], None] | None = None

    def refresh(self, request: Any) -> None:
        """Get a new access token, and keep it, so that the next run need not ask again."""
        super().refresh(_asking_once(request))  # type: ignore[no-untyped-call] # Google gives it no types
        if self.kept is not None:
            self.kept(self)


def _asking_once(request: Callable[..., Any]) -> Callable[..., Any]:
    """Have google-auth ask for a token once: it would wait and ask again by itself, and how long is decided elsewhere.

    It also takes a page of a proxy that comes with 200 for a token, and stumbles.
    """

    def ask(*args: Any, **kwargs: Any) -> Any:
        response = request(*args, **kwargs)
        if response.status in _PASSING or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RefreshError(f"no token at the moment ({response.status})", retryable=True)
        if not _is_object(response.data):
            raise TransportError("what answered is not Google")
        return response

    return ask


def _is_object(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except (ValueError, RecursionError):
        return False


def service_account(key: str, subject: str | None, scopes: Sequence[str], base: Path) -> ServiceAccount:
    """Make credentials of a key or its path; `subject` is whom they act for. IntegrationError for what is no key."""
    info = key_from(key, base, SERVICE_ACCOUNT)
    check_address(info.get("token_uri"))
    try:
        made: ServiceAccount = ServiceAccount.from_service_account_info(  # type: ignore[no-untyped-call] # Google gives it no types
            info, scopes=list(scopes), subject=subject
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise IntegrationError(
            "the key of the service account is damaged: make a new one in the Google Cloud console"
        ) from None
    made.who = Who(
        SERVICE_ACCOUNT,
        name=made.service_account_email,
        client=str(info.get("client_id") or ""),
        subject=subject,
        scopes=tuple(scopes),
        file=named(key),
    )
    return made


def user(path: Path, scopes: Sequence[str]) -> User:
    """Make credentials of a token file. What was consented to is what it says; asking for more takes a person.

    IntegrationError for a file that is no token, or was not consented to for these scopes.
    """
    info = parsed(token_file.read(path), str(path), AUTHORIZED_USER)
    needed = ("refresh_token", "client_id", "client_secret")
    if missing := [name for name in needed if not isinstance(info.get(name), str) or not info[name]]:
        raise IntegrationError(f"{path} has no {missing[0]}: {SIGN_IN}")
    check_address(info.get("token_uri"))
    granted = _words(info.get("scopes"))
    if granted and (lacking := [scope for scope in scopes if not _covers(granted, scope)]):
        raise IntegrationError(f"{path} was not consented to for {' and '.join(lacking)}: {SIGN_IN}")
    # All that was consented to, not what one target needs of it: several targets share the file and its token.
    made = User(  # type: ignore[no-untyped-call] # Google gives it no types
        _text(info.get("token")),
        refresh_token=info["refresh_token"],
        token_uri=info.get("token_uri") or TOKEN_URI,
        client_id=info["client_id"],
        client_secret=info["client_secret"],
        scopes=list(granted or scopes),
        expiry=_expiry(info.get("expiry")),
        quota_project_id=_text(info.get("quota_project_id")),
        account=_text(info.get("account")),
    )
    made.who = Who(
        AUTHORIZED_USER, name=made.account, client=made.client_id, scopes=tuple(granted), file=str(path)
    )
    made.kept = lambda refreshed: _keep_quietly(refreshed, path)
    return made


def of_consent(client: "Client", given: "Consent") -> User:
    """Make credentials of what a person has just consented to; the first request gets their first access token."""
    return User(  # type: ignore[no-untyped-call] # Google gives it no types
        None,
        refresh_token=given.refresh_token,
        token_uri=client.token_uri,
        client_id=client.identifier,
        client_secret=client.secret,
        scopes=list(given.scopes),
    )


def application_default(scopes: Sequence[str]) -> Credentials:
    """Find what the machine has: the file that GOOGLE_APPLICATION_CREDENTIALS names, gcloud's, or the machine's own."""
    file = os.environ.get(CREDENTIALS)
    if file and kind_in(file) == SERVICE_ACCOUNT:
        return service_account(file, None, scopes, Path())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # no quota project: the API says so itself, if it minds
            found, _ = google.auth.default(scopes=list(scopes))
    except DefaultCredentialsError:
        raise IntegrationError(_default_problem(file)) from None
    return found


def _default_problem(file: str | None) -> str:
    if not file:
        return NO_DEFAULT
    if not Path(file).is_file():
        return f"{CREDENTIALS} names {named(file)}, and there is no such file: set it to the path of a key, or unset it"
    return (
        f"{CREDENTIALS} names {named(file)}, which is no key that Google's library reads: download it again"
    )


def keep(held: of_users.Credentials, path: Path) -> None:
    """Write a person's credentials as a token file; OSError or IntegrationError where that cannot be done."""
    data = {
        "type": AUTHORIZED_USER,
        "account": held.account,
        "client_id": held.client_id,
        "client_secret": held.client_secret,
        "refresh_token": held.refresh_token,
        "token_uri": held.token_uri,
        "scopes": list(held.scopes or ()),
        "quota_project_id": held.quota_project_id,
        "token": held.token,
        "expiry": f"{held.expiry:%Y-%m-%dT%H:%M:%S}Z" if held.expiry else None,
    }
    kept = {name: value for name, value in data.items() if value}
    token_file.write(path, json.dumps(kept, indent=2) + "\n")


def _keep_quietly(held: User, path: Path) -> None:
    """Keep a refreshed token; where that cannot be done this run goes on, and the next one asks again."""
    try:
        keep(held, path)
    except (OSError, IntegrationError) as error:
        _log.warning("the refreshed token was not kept in %s: %s", path, error)


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _covers(granted: Sequence[str], wanted: str) -> bool:
    """Say whether one of the scopes is the wanted one, or one above it: `calendar` holds `calendar.events`."""
    above = {wanted, wanted.removesuffix(".readonly")}
    return any(scope in above or wanted.startswith(f"{scope}.") for scope in granted)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _expiry(value: object) -> datetime:
    """Read when the access token ends, as google-auth holds it (UTC without a zone); long ago where it is not said."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else _LONG_AGO
    except ValueError:
        moment = _LONG_AGO
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None)
