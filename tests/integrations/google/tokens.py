"""A person's token file, as `briefingkit auth google` writes it."""

import json
from collections.abc import Sequence
from pathlib import Path

from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import calendar_scopes


def write_token(google: GoogleDouble, path: Path, scopes: Sequence[str] = (), **more: object) -> Path:
    """Write one for these scopes, else those of calendars; `more` takes the place of what stands in it."""
    asked = list(scopes or calendar_scopes())
    client = google.client_secrets()["installed"]
    data = {
        "type": "authorized_user",
        **{name: client[name] for name in ("client_id", "client_secret", "token_uri")},
        "refresh_token": google.refresh_token(scopes=asked),
        "scopes": asked,
        **more,
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
