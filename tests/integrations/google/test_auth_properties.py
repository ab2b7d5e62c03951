"""Whatever stands in a file or an answer, what comes of it is credentials or words, and never another error."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from google.auth.exceptions import RefreshError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefingkit.errors import IntegrationError
from briefingkit_google.auth import Auth, calendar_scopes, credentials
from briefingkit_google.auth_words import Who, explain, explain_answer
from briefingkit_google.consent import read_client
from briefingkit_google.key_file import is_json, named

SECRET = "hunter2-1//0secret"
KINDS = ["service_account", "authorized_user", "external_account", "installed", "", None]
FIELDS = [
    "type", "installed", "web", "client_id", "client_secret", "refresh_token", "private_key", "client_email",
    "token_uri", "auth_uri", "scopes", "expiry", "token", "account", "universe_domain", "quota_project_id",
]  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([*KINDS, SECRET])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from(FIELDS), values, max_size=12)
tokens = documents.map(
    lambda some: {"refresh_token": SECRET, "client_id": "1", "client_secret": SECRET, **some}
)
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


def _refusal(do: Callable[[], object]) -> str:
    """Say why it is refused; nothing where it is not."""
    try:
        do()
    except IntegrationError as refused:
        return str(refused)
    return ""


@quick
@given(document=documents | tokens | values)
def test_any_document_is_credentials_or_refused_in_words(tmp_path: Path, document: object) -> None:
    path = tmp_path / "any.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(document), encoding="utf-8")
    for auth in (Auth(service_account="any.json"), Auth(user="any.json")):
        refused = _refusal(partial(credentials, auth, calendar_scopes(), tmp_path))
        assert SECRET not in refused
        assert not refused or str(path) in refused or "key" in refused


@quick
@given(document=documents)
def test_any_document_is_a_client_or_refused_in_words(tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "client.json"
    path.write_text(json.dumps({"installed": document}), encoding="utf-8")
    assert SECRET not in _refusal(lambda: read_client(path))


@given(text=st.text(min_size=1), before=st.sampled_from(["", " ", "\n", "\ufeff"]))
def test_what_looks_like_a_key_is_never_named(text: str, before: str) -> None:
    assert named(before + json.dumps({"private_key": text})) == "(a key)"
    if not named(text).startswith("(a key"):
        assert not is_json(text)
        assert "\n" not in named(text)


@given(
    status=st.integers(100, 599),
    content=st.binary()
    | st.text()
    | values.map(json.dumps)
    | values.map(lambda error: json.dumps({"error": error})),
    calendar=st.none() | st.text(),
)
def test_any_answer_is_explained_on_one_line_or_left_to_others(
    status: int, content: bytes | str, calendar: str | None
) -> None:
    words = explain_answer(status, content, Who("authorized_user", file="t.json"), calendar=calendar)
    assert words is None or (words.isprintable() and SECRET not in words)


@pytest.mark.parametrize("kind", ["service_account", "authorized_user", "other"])
@given(
    data=st.none()
    | st.dictionaries(st.sampled_from(["error", "error_description", "error_subtype"]), scalars)
)
def test_any_refusal_of_a_token_is_explained_without_quoting_it(
    kind: str, data: dict[str, object] | None
) -> None:
    error: Any = RefreshError("x", *([] if data is None else [data]))
    words = explain(error, None if kind == "other" else type("Held", (), {"who": Who(kind, "bot")})())
    assert words
    assert words.isprintable()
    assert SECRET not in words
