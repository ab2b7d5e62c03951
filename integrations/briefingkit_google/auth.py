"""Who a target is at Google: what `auth:` says in briefingkit.yaml, and the credentials that come of it.

Three ways lead in (https://developers.google.com/workspace/guides/auth-overview): a service account's key, by itself or
acting for a person of the domain; a person's own consent, kept in a token file by `briefingkit auth google`; and what
the machine has already, Google's application default credentials.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import MissingExtra, ModelError
from briefingkit_google.key_file import is_json, named

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

__all__ = [
    "APPLICATION_DEFAULT",
    "Auth",
    "calendar_scopes",
    "contact_list_scopes",
    "credentials",
    "forms_scopes",
    "group_scopes",
    "library_missing",
]

_SCOPE = "https://www.googleapis.com/auth/"
_WAYS = "default, {service_account: key.json} or {user: google-token.json}"


def _show_key(value: str | None) -> str:
    """Show where a key is, and never the key itself."""
    return repr(None if value is None else named(value))


def _check_given(_instance: object, attribute: Any, value: str | None) -> None:
    if value is not None and not value.strip():
        raise ModelError(f"nothing stands under {attribute.name}: is a variable empty?", field=attribute.name)


def _check_file(instance: object, attribute: Any, value: str | None) -> None:
    _check_given(instance, attribute, value)
    if value is not None and is_json(value):
        raise ModelError(
            "give the path of the token file: refreshed tokens are written back to it", field=attribute.name
        )


def _check_subject(instance: object, attribute: Any, value: str | None) -> None:
    _check_given(instance, attribute, value)
    if value is not None and ("@" not in value or not value.isprintable() or " " in value):
        raise ModelError(
            "the subject is the e-mail address of the person that the service account acts for",
            field=attribute.name,
        )


@frozen
class Auth:
    """One of three ways to be somebody at Google.

    `service_account` is the path of a key file, from the project's folder, or the key itself as JSON, which only an
    environment variable may hold; `subject` is the address of whom it acts for, by domain-wide delegation. `user` is
    the path of a token file. `default` takes the application default credentials; in the file, `auth: default`.
    """

    service_account: str | None = field(default=None, repr=_show_key, validator=_check_given)
    subject: str | None = field(default=None, validator=_check_subject)
    user: str | None = field(default=None, repr=_show_key, validator=_check_file)
    default: bool = False

    def __attrs_post_init__(self) -> None:
        if (self.service_account is not None) + (self.user is not None) + self.default != 1:
            raise ModelError(f"say one way to be known at Google: {_WAYS}")
        if self.subject is not None and self.service_account is None:
            raise ModelError("only a service account acts for somebody else", field="subject")

    @staticmethod
    def short_form(value: object) -> object:
        """Read `auth: default`; a mapping stays. ModelError for another word."""
        if value == "default":
            return {"default": True}
        if isinstance(value, str):  # not quoted: it may be a key
            raise ModelError(f"this is no way to be known at Google: write {_WAYS}")
        return value


APPLICATION_DEFAULT = Auth(default=True)
"""What the machine has: GOOGLE_APPLICATION_CREDENTIALS, gcloud's, or those of the machine that it runs on."""


def calendar_scopes(*, make: bool = False, access: bool = False) -> tuple[str, ...]:
    """Give the least that Google must let a calendar target do, as scopes (calendar v3's discovery document).

    Events of calendars that there are need `calendar.events`. Calendars that we make need `calendar.app.created`, which
    reaches no other calendar, nor its events; and because Google names them, finding them again by their mark needs to
    list calendars, which `calendar.app.created` does not allow. Who may see a calendar is `calendar.acls`. A plan asks
    for the same as an apply: a person consents once, an administrator delegates once, and one token serves both.
    """
    scopes = ["calendar.app.created", "calendar.calendarlist.readonly"] if make else ["calendar.events"]
    return tuple(_SCOPE + scope for scope in (*scopes, *(["calendar.acls"] if access else [])))


def forms_scopes(*, elsewhere: bool = False) -> tuple[str, ...]:
    """Give the least that Google must let a forms target do, as scopes (forms v1's and drive v3's documents).

    `drive.file` reaches the files that we make: their content, their responses, who may see them. `elsewhere`: forms
    are made in a folder, or from a template, that somebody else has made; only `drive` reaches those.
    """
    return (f"{_SCOPE}drive" if elsewhere else f"{_SCOPE}drive.file",)


def group_scopes() -> tuple[str, ...]:
    """Give the least that Google must let us do to read who is in a group (admin directory_v1's document)."""
    return (f"{_SCOPE}admin.directory.group.member.readonly",)


def contact_list_scopes() -> tuple[str, ...]:
    """Give the least that Google must let us do to read a spreadsheet that somebody has made (sheets v4's document).

    `drive.file` would reach those alone that we make, or that a person picks for us in a page of Google's.
    """
    return (f"{_SCOPE}spreadsheets.readonly",)


def credentials(auth: Auth, scopes: Sequence[str], base: Path = Path()) -> "Credentials":
    """Load the credentials that `auth` names, for these scopes; files are looked for from `base`. No request is made.

    The exception is the application default on a machine of Google's, which asks that machine. Raises IntegrationError
    with what is wrong and what to do, and MissingExtra where Google's packages are not installed.
    """
    with library_missing():
        from briefingkit_google import identities
    if auth.service_account is not None:
        return identities.service_account(auth.service_account, auth.subject, scopes, base)
    if auth.user is not None:
        return identities.user(base / Path(auth.user).expanduser(), scopes)
    return identities.application_default(scopes)


@contextmanager
def library_missing() -> Iterator[None]:
    """Turn a package of Google's that is not installed into MissingExtra, with the command that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("briefingkit"):
            raise
        raise MissingExtra(
            f'this needs the package {error.name}, which is not installed: pip install "briefingkit[google]"'
        ) from error
