"""What the settings of all targets at Google have in common: who we are there, and where that is."""

import time
from pathlib import Path
from typing import Any

from attrs import field, frozen
from attrs.validators import is_callable

from briefingkit_google.auth import APPLICATION_DEFAULT, Auth
from briefingkit_google.server_address import check_server, ending_in_slash

__all__ = ["GoogleTarget"]


@frozen(kw_only=True)
class GoogleTarget:
    """Settings of a target at Google.

    `auth` says who we are there, `base_url` is the server, where it is not Google's. `target` and `base`, the target's
    name and the project's folder, are filled in by the project; `sleep` takes seconds.
    """

    auth: Auth = APPLICATION_DEFAULT
    base_url: str | None = field(default=None, converter=ending_in_slash, validator=check_server)
    target: str = ""
    base: Path = Path()
    sleep: Any = field(default=time.sleep, validator=is_callable(), repr=False, eq=False)
