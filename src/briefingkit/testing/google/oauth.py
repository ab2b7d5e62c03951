"""The OAuth endpoints: who one is, and what one may do, until when.

Sources: "Using OAuth 2.0 for Server to Server Applications"
(developers.google.com/identity/protocols/oauth2/service-account) for service accounts and delegation, "OAuth 2.0 for
Desktop Apps" (…/oauth2/native-app) for people, and RFC 6749 and 7636. The texts of errors are those that Google's
token endpoint gives.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from attrs import define, field, frozen

from briefingkit.testing.google.call import Caller
from briefingkit.testing.google.refusal import Refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

__all__ = ["OAuth", "OAuthError", "ServiceAccount"]

_LIFE = timedelta(seconds=3599)
_TESTING = timedelta(days=7)
_GRACE = timedelta(minutes=5)
_BAD_TIMES = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
_NOT_DELEGATED = (
    "Client is unauthorized to retrieve access tokens using this method, "
    "or client not authorized for any of the scopes requested."
)
_AUDIENCE = "https://oauth2.googleapis.com/token"  # what google-auth always says
_EXPIRED = "Token has been expired or revoked."


class OAuthError(Exception):
    """A refusal of the token endpoint, in the shape of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status = error, description, status

    def body(self) -> dict[str, str]:
        """Give the JSON of the answer."""
        return {"error": self.error, "error_description": self.description}


@frozen
class ServiceAccount:
    """A service account. `delegated` are the scopes that a Workspace administrator lets it use as somebody else."""

    email: str
    client_id: str
    key_id: str
    key: "RSAPublicKey" = field(repr=False)
    delegated: frozenset[str] = frozenset()


@frozen
class _Token:
    caller: Caller
    until: datetime


@frozen
class _Code:
    client_id: str
    email: str
    scopes: frozenset[str]
    redirect: str
    challenge: str | None
    until: datetime


@frozen
class _Refresh:
    client_id: str
    email: str
    scopes: frozenset[str]
    since: datetime


@define
class OAuth:
    """The accounts, the clients and the tokens.

    `person` consents on the consent page, or refuses while `denies`; she grants what was asked, but for `withholds`.
    `testing` is an app whose consent screen is in testing: a refresh token is good for 7 days.
    """

    now: Callable[[], datetime]
    accounts: dict[str, ServiceAccount] = field(factory=dict)
    clients: dict[str, str] = field(factory=dict, repr=False)
    domains: set[str] = field(factory=set)
    person: str = ""
    denies: bool = False
    withholds: frozenset[str] = frozenset()
    testing: bool = False
    _tokens: dict[str, _Token] = field(factory=dict, repr=False)
    _codes: dict[str, _Code] = field(factory=dict, repr=False)
    _refreshes: dict[str, _Refresh] = field(factory=dict, repr=False)
    _made: int = 0

    def issue(self, email: str, scopes: Iterable[str], *, alone: bool = False) -> str:
        """Make an access token."""
        token = self._secret("ya29.")
        self._tokens[token] = _Token(Caller(email, frozenset(scopes), alone), self.now() + _LIFE)
        return token

    def issue_refresh(self, client_id: str, email: str, scopes: Iterable[str]) -> str:
        """Make a refresh token."""
        token = self._secret("1//")
        self._refreshes[token] = _Refresh(client_id, email, frozenset(scopes), self.now())
        return token

    def expire(self) -> None:
        """Make every access token too old; refresh tokens stay."""
        self._tokens.clear()

    def revoke(self, token: str | None = None) -> None:
        """Make one refresh token, or all, worthless, as a person does who takes an app's access away."""
        for each in [token] if token is not None else list(self._refreshes):
            self._refreshes.pop(each, None)
            self._tokens.pop(each, None)

    def caller(self, authorization: str) -> Caller:
        """Say who calls. Raises a Refusal, 401, without a token that is good now."""
        kind, _, token = authorization.partition(" ")
        if not authorization:
            raise _unauthorized("required", "Login Required.")
        held = self._tokens.get(token.strip()) if kind.lower() == "bearer" else None
        if held is None or held.until <= self.now():
            raise _unauthorized("authError", "Invalid Credentials")
        return held.caller

    def exchange(self, form: Mapping[str, str], token_uri: str) -> dict[str, Any]:
        """Answer a request for a token. Raises an OAuthError."""
        grants: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
            "urn:ietf:params:oauth:grant-type:jwt-bearer": lambda f: self._assert(f, token_uri),
            "authorization_code": self._redeem,
            "refresh_token": self._refresh,
        }
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            given = form.get("grant_type", "")
            raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {given}")
        return grant(form)

    def consent(self, query: Mapping[str, str]) -> str:
        """Answer the consent page as `person` does; gives the address to redirect to. Raises an OAuthError."""
        redirect = query.get("redirect_uri", "")
        if query.get("client_id") not in self.clients:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if urlsplit(redirect).hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise OAuthError(
                "redirect_uri_mismatch", "The redirect of a desktop app goes to the loopback address."
            )
        state = {"state": query["state"]} if "state" in query else {}
        if self.denies:
            return f"{redirect}?{urlencode({'error': 'access_denied', **state})}"
        if query.get("code_challenge_method", "S256") != "S256":
            raise OAuthError("invalid_request", "Only S256 is taken as a code challenge method here.")
        scopes = frozenset(query.get("scope", "").split()) - self.withholds
        code = self._secret("4/")
        self._codes[code] = _Code(
            query["client_id"],
            self.person,
            scopes,
            redirect,
            query.get("code_challenge"),
            self.now() + timedelta(minutes=10),
        )
        return f"{redirect}?{urlencode({'code': code, 'scope': ' '.join(sorted(scopes)), **state})}"

    def _assert(self, form: Mapping[str, str], token_uri: str) -> dict[str, Any]:
        claims, account = self._read_assertion(form.get("assertion", ""))
        now = self.now().timestamp()
        issued, until = claims.get("iat", 0), claims.get("exp", 0)
        grace = _GRACE.total_seconds()
        if not (issued - grace <= now < until <= issued + 3600 + grace):
            raise OAuthError("invalid_grant", _BAD_TIMES)
        if claims.get("aud") not in {token_uri, _AUDIENCE}:
            raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.")
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes:
            raise OAuthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        subject = claims.get("sub") or account.email
        if subject == account.email:
            return self._answer(account.email, scopes, alone=True)
        if not scopes <= account.delegated:
            raise OAuthError("unauthorized_client", _NOT_DELEGATED, 401)
        if subject.rpartition("@")[2] not in self.domains:
            raise OAuthError("invalid_grant", "Invalid email or User ID")
        return self._answer(subject, scopes)

    def _read_assertion(self, assertion: str) -> tuple[dict[str, Any], ServiceAccount]:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            head, payload, signature = assertion.split(".")
            header, claims = json.loads(_decode(head)), json.loads(_decode(payload))
        except ValueError:
            raise OAuthError("invalid_grant", "Invalid JWT: Failed to parse the assertion.") from None
        account = self.accounts.get(claims.get("iss", ""))
        if account is None:
            raise OAuthError("invalid_grant", "Invalid grant: account not found")
        if header.get("alg") != "RS256" or header.get("kid") != account.key_id:
            raise OAuthError("invalid_grant", "Invalid JWT Signature.")
        try:
            account.key.verify(_decode(signature), f"{head}.{payload}".encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise OAuthError("invalid_grant", "Invalid JWT Signature.") from None
        return claims, account

    def _redeem(self, form: Mapping[str, str]) -> dict[str, Any]:
        self._check_client(form)
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.until <= self.now() or code.client_id != form.get("client_id"):
            raise OAuthError("invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        if code.challenge is not None:
            digest = sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge.rstrip("="):
                raise OAuthError("invalid_grant", "Invalid code verifier.")
        answer = self._answer(code.email, code.scopes)
        return answer | {"refresh_token": self.issue_refresh(code.client_id, code.email, code.scopes)}

    def _refresh(self, form: Mapping[str, str]) -> dict[str, Any]:
        self._check_client(form)
        held = self._refreshes.get(form.get("refresh_token", ""))
        too_old = held is not None and self.testing and self.now() - held.since >= _TESTING
        if held is None or held.client_id != form.get("client_id") or too_old:
            raise OAuthError("invalid_grant", _EXPIRED)
        asked = frozenset(form.get("scope", "").split()) or held.scopes
        if not asked <= held.scopes:
            raise OAuthError("invalid_scope", "Bad Request")
        return self._answer(held.email, asked)

    def _check_client(self, form: Mapping[str, str]) -> None:
        secret = self.clients.get(form.get("client_id", ""))
        if secret is None:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if secret != form.get("client_secret"):
            raise OAuthError("invalid_client", "Unauthorized", 401)

    def _answer(self, email: str, scopes: frozenset[str], *, alone: bool = False) -> dict[str, Any]:
        return {
            "access_token": self.issue(email, scopes, alone=alone),
            "expires_in": int(_LIFE.total_seconds()),
            "scope": " ".join(sorted(scopes)),
            "token_type": "Bearer",
        }

    def _secret(self, prefix: str) -> str:
        self._made += 1
        return prefix + sha256(f"{prefix}{self._made}".encode()).hexdigest()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _unauthorized(reason: str, message: str) -> Refusal:
    return Refusal(
        401,
        reason,
        message,
        location="Authorization",
        location_type="header",
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
    )


_KEYS: "list[RSAPrivateKey]" = []


def private_key() -> "RSAPrivateKey":
    """Give the key of every service account of every double: made once in a process, for that takes a while."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    if not _KEYS:
        # It opens nothing but doubles, and one of Google's length takes six times as long to load, in each test.
        _KEYS.append(generate_private_key(public_exponent=65537, key_size=1024))  # noqa: S505 - see above
    return _KEYS[0]


def private_pem() -> str:
    """Give that key as it stands in a key file."""
    from cryptography.hazmat.primitives import serialization as form

    pem = private_key().private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return pem.decode()
