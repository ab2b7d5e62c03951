"""From an HTTP request to the rules of an API and back: routing, checking, batches, faults. It knows no API by name."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from threading import Event, RLock
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from attrs import define, evolve, field

from briefingkit.testing.google import multipart
from briefingkit.testing.google.call import Answer, Call, Caller, Request, Rules
from briefingkit.testing.google.discovery import Api, Method, Routes, unimplemented
from briefingkit.testing.google.faults import Fault, Faults
from briefingkit.testing.google.oauth import OAuth, OAuthError
from briefingkit.testing.google.partial import check_selection, parse_fields, select
from briefingkit.testing.google.quotas import Quotas
from briefingkit.testing.google.refusal import Refusal, invalid
from briefingkit.testing.google.schema import Shape, drop_server_fields, without_nulls
from briefingkit.testing.google.server import Broken, Reply

__all__ = ["Core"]

_JSON = {"Content-Type": "application/json; charset=UTF-8", "Vary": "Origin, X-Origin, Referer"}
_PAGE = b"<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title><p><b>502.</b> That's an error.</html>"
_SMALLEST_GZIP = 860


@define(eq=False)
class Core:
    """What all APIs have in common. `lock` is held while rules run: they need none of their own."""

    now: Callable[[], datetime]
    oauth: OAuth
    faults: Faults = field(factory=Faults)
    quotas: dict[str, Quotas] = field(factory=lambda: {"": Quotas()})
    requests: list[Request] = field(factory=list)
    disabled: set[str] = field(factory=set)
    backwards: bool = False
    delay: float = 0.0
    skew: timedelta = timedelta(0)
    token_uri: str = ""
    project: str = "123456789012"
    largest_batch: dict[str, int] = field(factory=dict)
    broken: list[Exception] = field(factory=list)
    lock: RLock = field(factory=RLock, repr=False)
    closing: Event = field(factory=Event, repr=False)
    _routes: Routes = field(factory=Routes)
    _apis: dict[str, Api] = field(factory=dict)
    _rules: dict[str, Callable[[Call], Answer]] = field(factory=dict)
    _groups: dict[str, str] = field(factory=dict)
    _typed: set[str] = field(factory=set)
    _http: int = 0

    def serve(
        self,
        api: Api,
        rules: Rules,
        largest_batch: int,
        *,
        typed_errors: bool = False,
        metrics: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    ) -> None:
        """Add an API.

        With `typed_errors` it says no as newer APIs do. `metrics` names for a method the group whose requests are
        counted together (`forms.read`), and what Google calls it; other methods are counted in one group, the empty.
        """
        self._routes.add(api)
        if typed_errors:
            self._typed.add(api.name)
        for method, (group, title) in metrics.items():
            self._groups[method] = group
            self.quotas.setdefault(group, Quotas(metric=title))
        self._apis |= {
            method.partition(".")[0]: api for method in api.methods
        }  # admin's methods are `directory.…`
        self._rules.update(rules)
        self.largest_batch[api.batch_path] = min(
            largest_batch, self.largest_batch.get(api.batch_path, largest_batch)
        )

    def answer(self, verb: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """Answer one HTTP request. Raises Broken where the connection is to be reset."""
        if self.delay:
            self.closing.wait(self.delay)
        with self.lock:
            self._http += 1
            number = self._http
        path = urlsplit(target).path.lstrip("/")
        if path in {"token", "auth", "revoke"}:
            request = Request(path, verb, "/" + path, number)
            reply = self._answer_oauth(request, target, headers, body)
        elif path in self.largest_batch and verb == "POST":
            reply = self._answer_batch(path, headers, body, number)
        else:
            reply = self._answer_one(verb, target, headers, body, Request("", verb, "/" + path, number))
        reply = _zipped(reply, headers)
        date = format_datetime(self.now() + self.skew, usegmt=True)
        return evolve(reply, headers={**reply.headers, "Date": date})

    # One request

    def _answer_one(
        self, verb: str, target: str, headers: Mapping[str, str], body: bytes, request: Request
    ) -> Reply:
        with self.lock:
            self.requests.append(request)
        request.headers = dict(headers)
        parts = urlsplit(target)
        query = parse_qs(parts.query, keep_blank_values=True)
        if verb == "POST" and "x-http-method-override" in headers:
            verb = request.verb = headers["x-http-method-override"].upper()
            if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
                query, body = query | parse_qs(body.decode(), keep_blank_values=True), b""
        try:
            method, values = self._routes.find(verb, parts.path.lstrip("/").split("/"))
        except Refusal as refusal:
            return self._refused(refusal, request)
        request.method = method.id

        def act() -> Reply:
            try:
                return self._act(method, values, query, headers, body, request)
            except Refusal as refusal:
                return self._refused(refusal, request)
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is the double's own, and is shown
                self.broken.append(fault)
                return self._refused(
                    Refusal(500, "brokenDouble", f"The double is broken: {fault!r}"), request
                )

        return self._with_faults(method.id, request, act)

    def _with_faults(self, name: str, request: Request, act: Callable[[], Reply]) -> Reply:
        with self.lock:
            fault = self.faults.take(name, request.part)
        if fault is not None:
            failed = self._fail(fault, request)
            if failed is not None:
                return failed
        reply = act()
        with self.lock:
            fault = self.faults.take(name, request.part, after=True)
        if fault is not None:
            return self._fail(fault, request, reply) or reply
        return reply

    def _fail(self, fault: Fault, request: Request, done: Reply | None = None) -> Reply | None:
        """Let a fault happen; None where all that happened is that time has passed."""
        if fault.hold:
            self.closing.wait(fault.hold)
        if fault.reset:
            request.status, request.reason = 0, "reset"
            raise Broken
        if fault.html:
            request.status, request.reason = 502, "html"
            return Reply(502, {"Content-Type": "text/html; charset=UTF-8"}, _PAGE)
        if fault.truncate and done is not None:
            request.reason = "truncated"
            half = len(done.body) // 2
            return evolve(done, keep=half) if request.part is None else evolve(done, body=done.body[:half])
        return self._refused(fault.refusal(), request) if fault.status else None

    def _act(
        self,
        method: Method,
        values: Mapping[str, str],
        query: Mapping[str, list[str]],
        headers: Mapping[str, str],
        body: bytes,
        request: Request,
    ) -> Reply:
        caller = self.oauth.caller(headers.get("authorization", ""))
        request.email = caller.email
        self._check_allowed(method, caller)
        read = request.query = method.read_query(query)
        if "fields" in read and method.response is not None:
            check_selection(parse_fields(read["fields"]), method.response)  # before anything is done
        with self.lock:
            now = self.now()
            quotas = self.quotas[self._groups.get(method.id, "")]
            quotas.spend(read.get("quotaUser") or caller.email, now)
            content, ignored = _read_body(method, headers, body)
            request.body, request.ignored = content or None, ignored
            rule = self._rules.get(method.id)
            if rule is None:
                raise unimplemented(method)
            path = {name: unquote(value) for name, value in values.items()}
            call = Call(method, path, read, content, headers, caller, now, ignored)
            answer = rule(call)
        return _reply(method, call, answer, request)

    def _refused(self, refusal: Refusal, request: Request) -> Reply:
        request.refuse(refusal)
        typed = request.method.partition(".")[0] in self._typed
        body = refusal.typed_body() if typed else refusal.body()
        return Reply(refusal.status, {**_JSON, **refusal.headers}, json.dumps(body).encode())

    def _check_allowed(self, method: Method, caller: Caller) -> None:
        name = method.id.partition(".")[0]
        if name in self.disabled:
            raise self._not_configured(self._apis[name])
        if method.scopes and not method.scopes & caller.scopes:
            raise _scopes_missing(self._apis[name], method)

    def _not_configured(self, api: Api) -> Refusal:
        where = (
            f"https://console.developers.google.com/apis/api/{_service(api)}/overview?project={self.project}"
        )
        return Refusal(
            403,
            "accessNotConfigured",
            f"{_title(api)} has not been used in project {self.project} before or it is disabled. Enable it "
            f"by visiting {where} then retry. If you enabled this API recently, wait a few minutes for the action "
            "to propagate to our systems and retry.",
            domain="usageLimits",
            details=(_error_info("SERVICE_DISABLED", {"service": _service(api)}),),
        )

    # Batches and tokens

    def _answer_batch(self, path: str, headers: dict[str, str], body: bytes, number: int) -> Reply:
        request = Request("batch", "POST", "/" + path, number, headers=headers)
        with self.lock:
            self.requests.append(request)

        def act() -> Reply:
            try:
                parts = multipart.parse(headers.get("content-type", ""), body)
                if len(parts) > self.largest_batch[path]:
                    raise invalid(f"The batch has {len(parts)} calls, more than {self.largest_batch[path]}.")
            except Refusal as refusal:
                return self._refused(refusal, request)
            places = range(len(parts))[:: -1 if self.backwards else 1]
            replies = [(parts[at], self._answer_part(parts[at], at, headers, number)) for at in places]
            written = multipart.compose(
                (part.content_id, reply.status, dict(reply.headers), reply.body) for part, reply in replies
            )
            request.status = 200
            return Reply(200, {"Content-Type": f"multipart/mixed; boundary={multipart.BOUNDARY}"}, written)

        return self._with_faults("batch", request, act)

    def _answer_part(self, part: multipart.Part, at: int, outer: Mapping[str, str], number: int) -> Reply:
        """Answer a part. The outer headers hold for it too, but for those that say what the content is."""
        common = {name: value for name, value in outer.items() if not name.startswith("content-")}
        path = urlsplit(part.target).path
        request = Request("", part.verb, path, number, at)
        return self._answer_one(part.verb, part.target, {**common, **part.headers}, part.body, request)

    def _answer_oauth(self, request: Request, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path = request.method
        with self.lock:
            self.requests.append(request)
        given = urlsplit(target).query if request.verb == "GET" else body.decode()
        form = {**_basic(headers), **{name: texts[0] for name, texts in parse_qs(given).items()}}

        def act() -> Reply:
            try:
                with self.lock:
                    if path == "auth":
                        request.status = 302
                        return Reply(302, {"Location": self.oauth.consent(form)})
                    answer = {} if path == "revoke" else self.oauth.exchange(form, self.token_uri)
                    if path == "revoke":
                        self.oauth.revoke(form.get("token", ""))
            except OAuthError as refusal:
                request.status, request.reason = refusal.status, refusal.error
                return Reply(refusal.status, _JSON, json.dumps(refusal.body()).encode())
            request.status = 200
            return Reply(200, _JSON, json.dumps(answer).encode())

        return self._with_faults(path, request, act)


def _basic(headers: Mapping[str, str]) -> dict[str, str]:
    """Read a client's id and secret from the header, where RFC 6749 section 2.3.1 has them."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {}
    client, _, secret = b64decode(value).decode().partition(":")
    return {"client_id": unquote(client), "client_secret": unquote(secret)}


def _read_body(
    method: Method, headers: Mapping[str, str], body: bytes
) -> tuple[dict[str, Any], tuple[str, ...]]:
    if method.request is None:
        return {}, ()
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        raise Refusal(400, "parseError", "Parse Error") from None
    if not isinstance(content, dict):
        raise Refusal(400, "parseError", "Parse Error")
    if not method.merges:
        content = without_nulls(content)
    method.request(content, "")
    ignored = tuple(drop_server_fields(method.request, content))
    method.request.check_needed(content, method.id)
    return content, ignored


def _reply(method: Method, call: Call, answer: Answer, request: Request) -> Reply:
    request.status = answer.status if answer.body is not None else 204
    if answer.body is None:
        return Reply(204, dict(answer.headers))
    if method.response is not None:
        _check_own(method.response, answer.body)
    etag = answer.body.get("etag")
    headers = {**_JSON, **answer.headers, **({"ETag": etag} if etag else {})}
    if method.verb == "GET" and etag and call.headers.get("if-none-match") == etag:
        request.status = 304
        return Reply(304, headers)
    body = select(answer.body, parse_fields(call.query["fields"])) if "fields" in call.query else answer.body
    # Compact unless the caller asks: that Google's default is to indent is nothing to rely on.
    pretty = call.query.get("prettyPrint") is True
    return Reply(answer.status, headers, json.dumps(body, indent=1 if pretty else None).encode())


def _check_own(shape: Shape, body: dict[str, Any]) -> None:
    """Hold what the double says to the document too."""
    try:
        shape(body, "")
    except Refusal as refusal:
        raise AssertionError(f"an answer that Google would not give: {refusal.message}") from refusal


def _zipped(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """Compress for who accepts it and says so in the User-Agent too.

    Source: "Performance tips: Using gzip", developers.google.com/workspace/calendar/api/guides/performance#gzip.
    """
    wanted = "gzip" in headers.get("accept-encoding", "") and "gzip" in headers.get("user-agent", "")
    if not wanted or len(reply.body) < _SMALLEST_GZIP or reply.keep is not None:
        return reply
    return evolve(
        reply,
        body=gzip.compress(reply.body, compresslevel=1),
        headers={**reply.headers, "Content-Encoding": "gzip"},
    )


def _scopes_missing(api: Api, method: Method) -> Refusal:
    name = ".".join(word[:1].upper() + word[1:] for word in method.id.split(".")[1:])
    details = {"service": _service(api), "method": f"{api.name}.{api.version}.{name}"}
    return Refusal(
        403,
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        short="Insufficient Permission",
        details=(_error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", details),),
        headers={
            "WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope", '
            f'scope="{" ".join(sorted(method.scopes))}"'
        },
    )


def _error_info(reason: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": dict(metadata),
    }


def _title(api: Api) -> str:
    return api.title if api.name == "admin" else f"Google {api.title}"


def _service(api: Api) -> str:
    return "calendar-json.googleapis.com" if api.name == "calendar" else f"{api.name}.googleapis.com"
