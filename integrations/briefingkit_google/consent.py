"""A person's consent by the local-server flow: a page of Google's in the browser, the answer to this machine.

"OAuth 2.0 for desktop apps" (https://developers.google.com/identity/protocols/oauth2/native-app): a redirect to the
loopback address, PKCE with S256 (RFC 7636) and a state that nobody guesses (RFC 6749, section 10.12).
google-auth-oauthlib's run_local_server is not used: the first request of anybody ends it, be it a browser's look for an
icon; its page says that all went well when consent was denied; its loggers write the client's secret at DEBUG; and it
speaks to no server on the loopback, such as a double.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import urlencode

from attrs import field, frozen

from briefingkit.errors import IntegrationError
from briefingkit_google.auth_words import explain
from briefingkit_google.key_file import CLIENT, check_address, key_from
from briefingkit_google.loopback import waiting

__all__ = ["Client", "Consent", "ask", "read_client"]

_TIMEOUT = 30.0
_CONNECTIONS = "https://myaccount.google.com/connections"


@frozen
class Client:
    """An OAuth client of the type Desktop app, as its JSON says."""

    identifier: str
    secret: str = field(repr=False)
    auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


@frozen
class Consent:
    """What a person let us do: the token that lasts until they change their mind, and the scopes."""

    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...]


def read_client(path: Path) -> Client:
    """Read the JSON of an OAuth client. IntegrationError where it is something else, or for a web application."""
    data = key_from(str(path), Path(), CLIENT)
    told = data.get("installed")
    if not isinstance(told, Mapping):
        raise IntegrationError(
            f"{path} is the client of a web application: make one of the type Desktop app, under Clients in the Google "
            "Cloud console"
        )
    known = {
        name: told[name] for name in ("client_id", "client_secret", "auth_uri", "token_uri") if name in told
    }
    if not all(isinstance(value, str) for value in known.values()) or not {
        "client_id",
        "client_secret",
    } <= set(known):
        raise IntegrationError(f"{path} has no client_id and client_secret: download the client's JSON again")
    for address in ("auth_uri", "token_uri"):
        check_address(known.get(address))
    names = {"client_id": "identifier", "client_secret": "secret"}
    return Client(**{names.get(name, name): value for name, value in known.items()})


def ask(
    client: Client, scopes: tuple[str, ...], show: Callable[[str], None], *, port: int, patience: timedelta
) -> Consent:
    """Show a person the address of the page, wait for the answer, and exchange it for a token.

    Raises IntegrationError where the port is taken, nobody answered in time, or consent was denied, wholly or in part.
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    with waiting(port, state) as server:
        redirect = server.address
        show(_page_address(client, scopes, redirect, state, verifier))
        try:
            answer = server.answers.get(timeout=patience.total_seconds())
        except Empty:
            seconds = f"{patience.total_seconds():.0f} seconds"
            raise IntegrationError(
                f"nobody answered within {seconds}: run it again, or give --timeout"
            ) from None
    if "code" not in answer:
        raise IntegrationError(_denied(answer.get("error", "")))
    return _exchange(
        client, scopes, {"code": answer["code"], "code_verifier": verifier, "redirect_uri": redirect}
    )


def _page_address(client: Client, scopes: tuple[str, ...], redirect: str, state: str, verifier: str) -> str:
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "client_id": client.identifier,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",  # Google gives a refresh token only where it asks
    }
    return f"{client.auth_uri}?{urlencode(query)}"


def _denied(error: str) -> str:
    known = {
        "access_denied": "consent was denied, and nothing was written. If nobody was asked: an app in testing lets "
        "in only its test users (Audience, in the Google Cloud console)",
        "admin_policy_enforced": "the domain's administrator does not let this client in: they can trust it at "
        "admin.google.com, Security > Access and data control > API controls",
    }
    return known.get(error, "Google gave no consent: run it again")


# The token


def _exchange(client: Client, scopes: tuple[str, ...], proof: Mapping[str, str]) -> Consent:
    form = {
        "grant_type": "authorization_code",
        "client_id": client.identifier,
        "client_secret": client.secret,
        **proof,
    }
    answer = _post(client.token_uri, form)
    granted = tuple(str(answer.get("scope", "")).split()) or scopes
    if refused := [scope for scope in scopes if scope not in granted]:
        raise IntegrationError(
            f"you left out {' and '.join(refused)}: run it again, and tick every box. Nothing was written"
        )
    if not isinstance(token := answer.get("refresh_token"), str):
        raise IntegrationError(
            f"Google gave no lasting token: remove the app at {_CONNECTIONS}, and run it again"
        )
    return Consent(token, granted)


def _post(address: str, form: Mapping[str, str]) -> Mapping[str, Any]:
    """Send a form to the token's address (RFC 6749, section 4.1.3); the answer, or an IntegrationError."""
    import httplib2
    from google.auth.exceptions import GoogleAuthError, RefreshError
    from google_auth_httplib2 import Request

    headers = {"content-type": "application/x-www-form-urlencoded"}
    wire = httplib2.Http(timeout=_TIMEOUT)
    try:
        response = Request(wire)(address, method="POST", body=urlencode(form), headers=headers)
        answer = json.loads(response.data)
        if response.status == HTTPStatus.OK and isinstance(answer, Mapping):
            return answer
        if isinstance(answer, Mapping) and answer.get("error") == "invalid_grant":
            raise IntegrationError("Google did not take the answer of the browser: run it again")
        told = answer if isinstance(answer, Mapping) else {}
        words = explain(RefreshError(str(told.get("error", "")), told))
    except (GoogleAuthError, OSError) as error:
        words = explain(error)
    except ValueError:
        words = None
    finally:
        wire.close()
    raise IntegrationError(words or "what answered is not Google: is there a proxy in between?") from None
