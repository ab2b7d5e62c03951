"""The double itself: start it, set it up, look inside, change things by hand, and let things go wrong."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from briefingkit.testing.google import calendar as calendar_rules
from briefingkit.testing.google import directory as directory_rules
from briefingkit.testing.google import drive as drive_rules
from briefingkit.testing.google import forms as forms_rules
from briefingkit.testing.google import sheets as sheets_rules
from briefingkit.testing.google.by_hand import ByHand
from briefingkit.testing.google.call import Request
from briefingkit.testing.google.core import Core
from briefingkit.testing.google.directory.by_hand import DirectoryByHand
from briefingkit.testing.google.discovery import load_api, read_document
from briefingkit.testing.google.faults import Fault
from briefingkit.testing.google.forms.by_hand import FormsByHand
from briefingkit.testing.google.oauth import OAuth, ServiceAccount, private_key, private_pem
from briefingkit.testing.google.server import Server
from briefingkit.testing.google.sheets.by_hand import SheetsByHand

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource

__all__ = ["GoogleDouble"]

_SCOPE = "https://www.googleapis.com/auth/calendar"
_DRIVE = "https://www.googleapis.com/auth/drive"
_GROUPS = "https://www.googleapis.com/auth/admin.directory.group"
_USUAL = {
    "admin": ("directory_v1", _GROUPS),
    "calendar": ("v3", _SCOPE),
    "drive": ("v3", _DRIVE),
    "forms": ("v1", _DRIVE),
    "sheets": ("v4", _DRIVE),
}
_BATCH = {"admin": 100, "calendar": 50, "drive": 100, "forms": 50, "sheets": 100}
"""The most calls in a batch. Drive's guide (…/drive/api/guides/performance) says 100; others but Calendar's are our
reading."""


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock's default: Google's client signs with the machine's time


def _forward(owner: str, name: str, doc: str) -> Any:
    """Make a setting of a part of the double one of the double itself."""

    def read(double: "GoogleDouble") -> Any:
        return getattr(getattr(double, owner), name)

    def write(double: "GoogleDouble", value: Any) -> None:
        setattr(getattr(double, owner), name, value)

    return property(read, write, doc=doc)


class GoogleDouble(ByHand, DirectoryByHand, FormsByHand, SheetsByHand):
    """A server on loopback that answers as Google does; use it as a context manager, or `close` it.

    `person` is who consents, and whose tokens `service()` uses; people of the domains in `workspace` are on Google.
    `clock` gives the time, aware; `advance` moves it.
    """

    delay = _forward("_core", "delay", "Seconds added to each HTTP request.")
    batch_backwards = _forward(
        "_core", "backwards", "Whether the parts of a batch are done from the last to the first."
    )
    skew = _forward("_core", "skew", "How far the Date header is ahead, as a timedelta.")
    normalise = _forward("_world", "normalise", "What the server makes of a description.")
    conference_reads = _forward(
        "_world", "conference_reads", "Reads until a conference is there; 0: at once."
    )
    conference_fails = _forward("_world", "conference_fails", "Whether conferences fail.")
    search_lag = _forward(
        "_drive", "search_lag", "How long a search in Drive does not find what is new, a timedelta."
    )
    groups = _forward("_world", "groups", "The members of groups, as sets by the group's address.")
    in_testing = _forward("_oauth", "testing", "Whether the app is in testing: consent holds for 7 days.")
    denies = _forward("_oauth", "denies", "Whether the person refuses consent.")
    withholds = _forward("_oauth", "withholds", "Scopes that the person does not grant, as a frozenset.")

    def __init__(
        self,
        *,
        person: str = "person@cities.example",
        workspace: Iterable[str] = ("cities.example", "gmail.com"),
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._clock = clock
        self._ahead = timedelta(0)
        self._services: list[Resource] = []
        domains = set(workspace)
        self.person = person
        self._oauth = OAuth(self.now, domains=domains, person=person)
        self._world = calendar_rules.World(self.now, domains)
        self._core = Core(self.now, self._oauth)
        self._drive = drive_rules.DriveWorld(self.now, lambda: self._world.groups)
        self._forms = forms_rules.FormsWorld(self.now, self._drive)
        self._sheets = sheets_rules.SheetsWorld(self._drive)
        self._directory = directory_rules.DirectoryWorld(domains - {"gmail.com"}, admins={person})
        self._serve()
        self._server = Server(self._core.answer)
        self._core.token_uri = self.token_uri

    def _serve(self) -> None:
        calendar = load_api("calendar", "v3")
        self._core.serve(calendar, calendar_rules.rules(self._world), _BATCH["calendar"])
        directory = load_api("admin", "directory_v1")
        self._core.serve(directory, directory_rules.rules(self._directory), _BATCH["admin"])
        drive = load_api("drive", "v3", drive_rules.WRITABLE)
        self._core.serve(drive, drive_rules.rules(self._drive), _BATCH["drive"])
        forms = load_api("forms", "v1", forms_rules.WRITABLE)
        self._form_schemas = forms.schemas
        rules = forms_rules.rules(self._forms, forms.schemas)
        self._core.serve(forms, rules, _BATCH["forms"], typed_errors=True, metrics=forms_rules.METRICS)
        sheets = load_api("sheets", "v4")
        self._core.serve(sheets, sheets_rules.rules(self._sheets), _BATCH["sheets"], typed_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self.raise_if_broken()  # even over a test's own error: it explains that one

    def close(self) -> None:
        """Stop the server, and close the clients that it gave out."""
        self._core.closing.set()
        for service in self._services:
            service.close()
        self._server.close()

    def raise_if_broken(self) -> None:
        """Raise what went wrong in the double itself: an answer that the documents do not allow, or a plain mistake."""
        faults = [*self._core.broken, *(each for each in self._server.faults if isinstance(each, Exception))]
        if faults:
            raise ExceptionGroup("the double of Google is broken", faults)

    # Addresses and clients

    @property
    def base_url(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT/`."""
        return f"http://127.0.0.1:{self._server.port}/"

    @property
    def token_uri(self) -> str:
        """The token endpoint."""
        return self.base_url + "token"

    def document(self, name: str = "calendar", version: str = "v3") -> dict[str, Any]:
        """Give a discovery document that leads here: for `googleapiclient.discovery.build_from_document`."""
        document = read_document(name, version)
        return {
            **document,
            "rootUrl": self.base_url,
            "baseUrl": self.base_url + document.get("servicePath", ""),
        }

    def service(
        self,
        name: str = "calendar",
        version: str | None = None,
        *,
        user: str | None = None,
        scopes: Iterable[str] | None = None,
    ) -> "Resource":
        """Give Google's own client for this server, with somebody's token that refreshes itself.

        Scopes are the widest of the API unless said otherwise: for Forms that of Drive.
        """
        from google.oauth2.credentials import Credentials
        from googleapiclient.discovery import build_from_document

        client, secret = self._client()
        usual_version, usual_scope = _USUAL[name]
        wanted = (usual_scope,) if scopes is None else tuple(scopes)
        email = user or self.person
        credentials = Credentials(
            token=self.token(email, wanted),
            refresh_token=self._oauth.issue_refresh(client, email, wanted),
            token_uri=self.token_uri,
            client_id=client,
            client_secret=secret,
            scopes=list(wanted),
        )
        service = build_from_document(self.document(name, version or usual_version), credentials=credentials)
        self._services.append(service)
        return service

    def token(self, email: str | None = None, scopes: Iterable[str] = (_SCOPE,)) -> str:
        """Give an access token of somebody, as if she had consented."""
        with self._core.lock:
            return self._oauth.issue(email or self.person, scopes)

    def refresh_token(self, email: str | None = None, scopes: Iterable[str] = (_SCOPE,)) -> str:
        """Give a refresh token of somebody, for the client of `client_secrets`."""
        with self._core.lock:
            return self._oauth.issue_refresh(self._client()[0], email or self.person, scopes)

    def service_account(
        self,
        path: Path | str | None = None,
        *,
        email: str = "briefingkit@double.iam.gserviceaccount.com",
        delegated: Iterable[str] = (),
    ) -> dict[str, str]:
        """Make a service account; gives its key file, and writes it where `path` says, readable by its owner only.

        `delegated` are the scopes that it may use in the name of people of the workspace.
        """
        key_id = sha256(email.encode()).hexdigest()[:40]
        client_id = str(int(key_id[:16], 16)).zfill(21)[:21]
        account = ServiceAccount(email, client_id, key_id, private_key().public_key(), frozenset(delegated))
        with self._core.lock:
            self._oauth.accounts[email] = account
        file = {
            "type": "service_account",
            "project_id": "double",
            "private_key_id": key_id,
            "private_key": private_pem(),
            "client_email": email,
            "client_id": client_id,
            "auth_uri": self.base_url + "auth",
            "token_uri": self.token_uri,
            "universe_domain": "googleapis.com",
        }
        _write(file, path)
        return file

    def client_secrets(self, path: Path | str | None = None) -> dict[str, dict[str, Any]]:
        """Register a desktop app; gives its client secrets file, and writes it where `path` says."""
        client, secret = self._client()
        installed = {
            "client_id": client,
            "project_id": "double",
            "auth_uri": self.base_url + "auth",
            "token_uri": self.token_uri,
            "client_secret": secret,
            "redirect_uris": ["http://localhost"],
        }
        _write({"installed": installed}, path)
        return {"installed": installed}

    def _client(self) -> tuple[str, str]:
        client, secret = "123456789012-double.apps.googleusercontent.com", "GOCSPX-double"
        self._oauth.clients.setdefault(client, secret)
        return client, secret

    # Time, tokens, quotas, faults

    def now(self) -> datetime:
        """Say what time it is here."""
        return self._clock() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._ahead += by

    def expire_tokens(self) -> None:
        """Make all access tokens too old: the next use is a 401."""
        with self._core.lock:
            self._oauth.expire()

    def revoke(self) -> None:
        """Take all consent back: no refresh token is good any more."""
        with self._core.lock:
            self._oauth.revoke()
            self._oauth.expire()

    def expire_sync_tokens(self) -> None:
        """Make all sync tokens too old: the next use is a 410."""
        with self._core.lock:
            self._world.epoch += 1

    def disable_api(self, name: str) -> None:
        """Switch an API off in the project, such as "calendar"."""
        self._core.disabled.add(name)

    def enable_api(self, name: str) -> None:
        """Switch it on again."""
        self._core.disabled.discard(name)

    def limit(self, group: str = "", *, per_user: int | None = None, per_project: int | None = None) -> None:
        """Let so many requests through in a minute; Google's own figures for Calendar are 600 and 10,000.

        `group` is what Forms counts apart: `forms.read` (Google: 390 and 975), `forms.responses` (180 and 450) and
        `forms.write` (150 and 375). Raises KeyError for another one.
        """
        with self._core.lock:
            quotas = self._core.quotas[group]
            quotas.per_user, quotas.per_project = per_user, per_project

    def fail(  # noqa: PLR0913 - the ways to fail
        self,
        method: str = "*",
        *,
        status: int | None = None,
        reason: str = "",
        message: str = "",
        times: float = 1,
        skip: int = 0,
        after: bool = False,
        reset: bool = False,
        timeout: float = 0.0,
        truncate: bool = False,
        html: bool = False,
        retry_after: float | None = None,
        part: int | None = None,
    ) -> Fault:
        """Let the next requests for a method go wrong.

        `method` is an id of the discovery document (`calendar.events.insert`), a pattern (`calendar.events.*`),
        `batch` for a whole batch, `token` or `auth`. `times` times, `math.inf` for ever, once `skip` of them have
        gone well; `part` is about that part of a batch only, counted from 0. `after`: once it was done. What happens
        is an answer with `status` (503 by default) and `reason`; or `reset`, the connection; `timeout`, so many
        seconds of silence, then what else was asked for or the right answer; `truncate`, half of the right answer;
        `html`, a page of the front end with 502.
        """
        other = reset or timeout or truncate or html
        fault = Fault(
            pattern=method,
            status=0 if other and status is None else (status or 503),
            reason=reason,
            message=message,
            times=times,
            skip=skip,
            after=after or truncate,
            reset=reset,
            hold=timeout,
            truncate=truncate,
            html=html,
            retry_after=retry_after,
            part=part,
        )
        with self._core.lock:
            return self._core.faults.add(fault)

    def heal(self) -> None:
        """Let everything go right again."""
        with self._core.lock:
            self._core.faults.clear()

    @property
    def requests(self) -> list[Request]:
        """Every request so far, the parts of batches too, in the order in which they came. `clear()` it as you like."""
        return self._core.requests


def _write(file: object, path: Path | str | None) -> None:
    if path is not None:
        where = Path(path)
        where.touch(mode=0o600)
        where.write_text(json.dumps(file, indent=2), encoding="utf-8")
