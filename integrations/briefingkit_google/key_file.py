"""What Google hands out as JSON: a key, a token file, the secret of a client; told apart, and never quoted.

Every one is a secret, so a message names the file at most. Errors of the JSON parser and of the cryptography below do
not go on as causes: a traceback would show what they quote.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from briefingkit.errors import IntegrationError

__all__ = [
    "AUTHORIZED_USER",
    "CLIENT",
    "SERVICE_ACCOUNT",
    "is_json",
    "key_from",
    "kind_in",
    "kind_of",
    "named",
    "parsed",
]

SERVICE_ACCOUNT, AUTHORIZED_USER, CLIENT = "service_account", "authorized_user", "client"

_LONGEST_PATH = 400
_LARGEST = 1 << 20
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

_WHAT = {
    SERVICE_ACCOUNT: "the key of a service account: write auth: {service_account: …}",
    AUTHORIZED_USER: "a person's token: write auth: {user: …}",
    CLIENT: "the secret of an OAuth client, with which a person has yet to sign in: "
    "run `briefingkit auth google --client` with it",
    "external_account": "for another cloud's identity: name it in GOOGLE_APPLICATION_CREDENTIALS, "
    "and write auth: default",
    "impersonated_service_account": "for acting as a service account: name it in GOOGLE_APPLICATION_CREDENTIALS, "
    "and write auth: default",
}


def is_json(text: str) -> bool:
    """Tell a key that is given as it stands from the path of one."""
    return text.lstrip().startswith("{")


def named(text: str) -> str:
    """Name a key in words: its path, or that it is a key, if it looks at all like one."""
    path = text.isprintable() and len(text) <= _LONGEST_PATH and not set(text) & set('{}"')
    return text if path and "PRIVATE KEY" not in text and not _is_encoded(text) else "(a key)"


def _is_encoded(text: str) -> bool:
    """Tell base64 of a JSON object, as some keep keys in the secrets of a CI."""
    try:
        return is_json(base64.b64decode(text[:400].strip()[:200], validate=True).decode("ascii", "replace"))
    except (binascii.Error, ValueError):
        return False


def key_from(text: str, base: Path, wanted: str) -> Mapping[str, Any]:
    """Read a key that is JSON itself, or the file at a path from `base`; IntegrationError where it is not `wanted`."""
    if is_json(text):
        return parsed(text, "the key that auth names", wanted)
    if _is_encoded(text):
        raise IntegrationError(
            "the key that auth names is in base64: give the JSON itself, or the path of a file"
        )
    if named(text) != text:
        raise IntegrationError("what auth names is neither the path of a key nor JSON: give one of them")
    path = base / Path(text).expanduser()
    return parsed(_read(path), str(path), wanted)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise IntegrationError(
            f"there is no key at {path}: give its path from the project's folder, or set the variable that names it"
        ) from None
    except OSError as error:
        raise IntegrationError(f"the key at {path} cannot be read: {error.strerror or error}") from None
    try:
        return content.decode("utf-8-sig") if len(content) <= _LARGEST else ""
    except UnicodeDecodeError:
        return ""


def check_address(uri: object) -> None:
    """Refuse to send a secret anywhere but over TLS, or to this machine; None stands for Google's own address."""
    if uri is None:
        return
    parts = urlsplit(uri) if isinstance(uri, str) else urlsplit("")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise IntegrationError("an address in the key is not https: download the key again")


def parsed(text: str, name: str, wanted: str) -> Mapping[str, Any]:
    """Read JSON that is to be of a kind, or IntegrationError; `name` says what it is to whoever has to mend it."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        hint = "keys in the form P12 are not read" if name.endswith((".p12", ".pem")) else "download it again"
        raise IntegrationError(
            f"{name} is not JSON: {hint}, as JSON, from the Google Cloud console"
        ) from None
    kind = kind_of(data)
    if kind == wanted:
        return dict(data)
    if kind in _WHAT:
        raise IntegrationError(f"{name} is {_WHAT[kind]}")
    raise IntegrationError(f"{name} is nothing that Google gives out: it should be {_expected(wanted)}")


def kind_of(data: Any) -> str | None:
    """Tell what a JSON document of Google's is: `service_account`, `authorized_user`, `client` or another `type`."""
    if not isinstance(data, Mapping):
        return None
    if any(isinstance(data.get(client), Mapping) for client in ("installed", "web")):
        return CLIENT
    if isinstance(kind := data.get("type"), str):
        return kind
    return AUTHORIZED_USER if {"refresh_token", "client_id"} <= set(data) else None


def _expected(kind: str) -> str:
    return {
        SERVICE_ACCOUNT: 'the JSON key of a service account, with "type": "service_account"',
        AUTHORIZED_USER: "a token file, as `briefingkit auth google` writes it",
        CLIENT: 'the JSON of an OAuth client of the type "Desktop app"',
    }[kind]


def kind_in(path: str) -> str | None:
    """Tell what a file holds, without a word where it cannot be read."""
    try:
        return kind_of(json.loads(_read(Path(path))))
    except (IntegrationError, ValueError, RecursionError):
        return None
