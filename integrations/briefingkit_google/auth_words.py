"""What it means when Google says no to who we are, and what to do about it: the one home of these words.

Google's answers are matched by their machine-readable parts: the `error` of RFC 6749, section 5.2, and the `reason` of
an API's error (https://developers.google.com/workspace/calendar/api/guides/errors). Where Google gives one code to
several causes, its sentence decides. Nothing of the answer is quoted that could hold a secret. These words end up in
plans and the logs of jobs, which may be public, so the addresses of people are masked as they are in a plan.
"""

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from attrs import frozen

__all__ = ["NO_DEFAULT", "SIGN_IN", "Who", "explain", "explain_answer", "no_access"]

SIGN_IN = "sign in again, `briefingkit auth google --client client_secret.json`"
NO_DEFAULT = (
    "this machine has no application default credentials: set GOOGLE_APPLICATION_CREDENTIALS to the path of a key, run "
    "`gcloud auth application-default login`, or write auth: {service_account: …} or {user: …}"
)
_DELEGATION = (
    "admin.google.com, Security > Access and data control > API controls > Manage domain-wide delegation"
)
_ALL_BUT_THE_FIRST_LETTER = re.compile(r"(?<=^.)[^@]*(?=@)")
_CLIENT_ID = re.compile(r"[0-9]{5,30}")
_NO_ACCESS = {"requiredAccessLevel", "forbidden", "insufficientPermissions", "PERMISSION_DENIED"}


@frozen
class Who:
    """Who we are to Google, in what may be told: nothing here is a secret.

    `client` is the number or name of the OAuth client, which an administrator needs for delegation; `file` is where the
    key or the token stands.
    """

    kind: str
    name: str = ""
    client: str = ""
    subject: str | None = None
    scopes: tuple[str, ...] = ()
    file: str = ""

    @property
    def person(self) -> str:
        """The person in whose name we act, masked: those who know the address recognise it."""
        address = self.subject or ("" if self.kind == "service_account" else self.name)
        return _ALL_BUT_THE_FIRST_LETTER.sub("…", address)

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.kind == "service_account":
            return f"the service account {self.name}" + (f" for {self.person}" if self.subject else "")
        if self.kind == "authorized_user":
            return self.person or f"whoever signed in for {self.file}"
        return self.name or "this machine's account"


def explain(error: BaseException, credentials: Any = None, *, calendar: str | None = None) -> str | None:
    """Say what went wrong with who we are, and what to do; None where the error is about something else.

    `error` is any of google.auth's errors, or an HttpError of Google's API client; `credentials` are those of
    `auth.credentials`, so that names can be named; `calendar` is the id of the calendar that was asked for.
    """
    from google.auth import exceptions

    who = getattr(credentials, "who", None)
    # google-auth-httplib2 lets most of what happens on the way through as it is.
    if isinstance(error, exceptions.TransportError | exceptions.TimeoutError | OSError):
        return "Google cannot be reached: is there a network, a proxy (HTTPS_PROXY) or a firewall in between?"
    if isinstance(error, exceptions.RefreshError):
        return _refused(error, who)
    if isinstance(error, exceptions.DefaultCredentialsError):
        return NO_DEFAULT
    if isinstance(error, exceptions.GoogleAuthError):
        return "Google's library could not use these credentials: download the key again, or sign in again"
    status, content = getattr(getattr(error, "resp", None), "status", None), getattr(error, "content", None)
    if status is None or not isinstance(content, bytes | str):
        return None
    return explain_answer(int(status), content, who, calendar=calendar)


def _refused(error: Any, who: Who | None) -> str:
    """Read why no token was given (RFC 6749, section 5.2)."""
    data = next((each for each in error.args if isinstance(each, Mapping)), {})
    code, said = str(data.get("error", "")), str(data.get("error_description", ""))
    if data.get("error_subtype") == "invalid_rapt" or "eauthentication" in str(error.args[:1]):
        return f"the organisation asks its people to sign in anew from time to time: {_sign_in(who)}"
    if code == "invalid_grant":
        return _invalid_grant(said.lower(), who)
    if code in {"unauthorized_client", "access_denied"} and who is not None and who.kind == "service_account":
        return _no_delegation(who)
    if code in _REFUSALS:
        return _REFUSALS[code]
    if getattr(error, "retryable", False):
        return "Google gives out no tokens at the moment: try again later"
    shown = f" ({code})" if re.fullmatch(r"[a-z_]{1,40}", code) else ""
    return f"Google gave no token{shown} for {who or 'these credentials'}: {_sign_in(who)}"


_REFUSALS = {
    "invalid_client": "Google does not know the OAuth client, or its secret was changed: download the client's JSON "
    "again, and sign in with it",
    "deleted_client": "the OAuth client was deleted in the Google Cloud console: make another, and sign in with it",
    "disabled_client": "the OAuth client was disabled: see Clients in the Google Cloud console",
    "unauthorized_client": "the OAuth client may not be used so: make one of the type Desktop app, and sign in with it",
    "invalid_scope": "Google does not know one of the scopes, or the consent does not cover it: " + SIGN_IN,
    "admin_policy_enforced": "the domain's administrator does not let this client in: they can trust it at "
    "admin.google.com, Security > Access and data control > API controls",
    "access_denied": "consent was denied",
    "org_internal": "the client is for people of its own organisation: sign in with an account of that one",
}


def _invalid_grant(said: str, who: Who | None) -> str:
    """Tell apart what Google calls invalid_grant, by its sentence."""
    if re.search(r"\biat\b|timeframe", said):
        return "this machine's clock is wrong by minutes, and Google takes no token request from it: set it (NTP)"
    if who is not None and who.kind == "service_account":
        if "signature" in said:
            return f"the key of {who.name} was deleted, or is another account's: make a new key, and use that"
        if "email" in said or "user id" in said:
            return f"there is nobody called {who.person} at Google: set auth's subject to an account of the domain"
        return f"the service account {who.name} is deleted or disabled: see IAM & Admin > Service Accounts"
    return (
        "the consent has ended: it was withdrawn, or the password was changed, or it was not used for six months, or "
        "the app is in testing, where consent ends after 7 days (under Audience in the Google Cloud console, publish "
        f"the app or make it internal): {SIGN_IN}"
    )


def _no_delegation(who: Who) -> str:
    client = who.client if _CLIENT_ID.fullmatch(who.client) else f"the client id of {who.name}"
    scopes = ",".join(who.scopes)
    if who.subject is None:
        return f"Google does not let {who.name} have these scopes: {scopes}"
    return (
        f"{who.name} may not act for {who.person}: an administrator has to delegate that to it. At {_DELEGATION}, "
        f"add the client id {client} with the scopes {scopes}; it can take up to a day to take effect"
    )


def explain_answer(
    status: int, content: bytes | str, who: Who | None = None, *, calendar: str | None = None
) -> str | None:
    """Say what an API's answer has against who we are; None where it is about something else.

    404 is about who we are only if a calendar as such was asked for: one that we may not see is not found.
    """
    reasons, message = _read(content)
    if reasons & {"accessNotConfigured", "SERVICE_DISABLED"}:
        return _not_enabled(message)
    if reasons & {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"} and _is_about_scopes(
        reasons, message
    ):
        return _too_little(who)
    if "forbiddenForServiceAccounts" in reasons:
        return (
            "a service account invites nobody by itself: name whom it acts for (auth's subject), with domain-wide "
            "delegation, or set guests: none"
        )
    if "domainPolicy" in reasons:
        return "the domain's administrator has turned this off: ask them"
    if status == HTTPStatus.UNAUTHORIZED:
        return f"Google does not take the token of {who or 'these credentials'}: {_sign_in(who)}"
    if calendar is None:
        return None
    if status == HTTPStatus.NOT_FOUND:
        return no_access(calendar, who, "sees no")
    if status == HTTPStatus.FORBIDDEN and reasons & _NO_ACCESS:
        return no_access(calendar, who, "may not write to")
    return None


def _is_about_scopes(reasons: set[str], message: str) -> bool:
    return (
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons
        or "scope" in message
        or "Insufficient Permission" in message
    )


_APIS = {
    "admin": "Admin SDK API",
    "calendar-json": "Google Calendar API",
    "drive": "Google Drive API",
    "forms": "Google Forms API",
    "sheets": "Google Sheets API",
}
"""What APIs are called in the Google Cloud console, by the first part of their service's name."""


def _not_enabled(message: str) -> str:
    service = next((name for name in _APIS if f"{name}.googleapis.com" in message), "calendar-json")
    api = _APIS[service]
    if "quota project" in message:
        return (
            f"the application default credentials name no project in which the {api} is enabled: "
            "gcloud auth application-default set-quota-project PROJECT"
        )
    found = re.search(r"project[s=/ ]+([0-9]{3,30}|[a-z][a-z0-9-]{4,28}[a-z0-9])(?![a-z0-9-])", message)
    project = f"?project={found[1]}" if found else ""
    link = f"https://console.cloud.google.com/apis/library/{service}.googleapis.com{project}"
    return (
        f"the {api} is not enabled in the project of these credentials: open {link}, press Enable, "
        "and wait a few minutes"
    )


def _too_little(who: Who | None) -> str:
    if who is not None and who.kind == "service_account":
        return _no_delegation(who)
    if who is not None and who.kind == "authorized_user":
        return f"the consent does not cover what this target does: {SIGN_IN}"
    return (
        "these credentials were not given what this target needs: gcloud auth application-default login "
        "--scopes=https://www.googleapis.com/auth/cloud-platform,https://www.googleapis.com/auth/calendar, "
        "or write auth: {service_account: …} or {user: …}"
    )


def no_access(calendar: str, who: Who | None, verb: str) -> str:
    """Say how a calendar is shared with us, who, as the verb says, see none or may not write to it."""
    name = calendar if calendar.isprintable() else "as named"
    return (
        f"{who or 'this account'} {verb} calendar {name}: check its id, and in the calendar's settings, under Shared "
        f"with, add {_address(who)} with the permission Make changes to events"
    )


def _address(who: Who | None) -> str:
    return (who.person or who.name or "that account") if who is not None else "that account"


def _sign_in(who: Who | None) -> str:
    if who is not None and who.kind == "service_account":
        return "make a new key in the Google Cloud console"
    return SIGN_IN if who is not None else "gcloud auth application-default login, or sign in again"


def _read(content: bytes | str) -> tuple[set[str], str]:
    """Take the reasons and the sentence out of an answer, in either of the shapes that Google uses."""
    try:
        error = json.loads(content).get("error")
    except (ValueError, AttributeError, RecursionError):
        return set(), ""
    if not isinstance(error, Mapping):
        return set(), ""
    return set(_reasons(error)), str(error.get("message", ""))


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    for each in (*_list(error.get("errors")), *_list(error.get("details"))):
        if isinstance(each, Mapping) and isinstance(each.get("reason"), str):
            yield each["reason"]
    if isinstance(error.get("status"), str):
        yield error["status"]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
