"""`briefingkit auth`: a person's consent to publish in their name, and whether every target is let in."""

import sys
import webbrowser
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from briefingkit.cli.here import complete_target, project_near, project_option
from briefingkit.cli.ignoring import ignore_in_git
from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.errors import BriefingkitError, ProjectError

if TYPE_CHECKING:
    from briefingkit.project import Project
    from briefingkit.publish.account import Account, Needs, SignedIn, Standing

__all__ = ["auth_command"]

FAILED = 1
_IN_TERMINAL = {"www-browser", "links", "elinks", "lynx", "w3m"}
_TOKEN = "{service}-token.json"  # noqa: S105 - the name of a file

_EXAMPLES = """\b
Examples:
  briefingkit auth google --client client_secret.json
  briefingkit auth google --client client_secret.json --no-browser --port 8765
  briefingkit auth google --check"""


@click.command("auth", epilog=_EXAMPLES)
@click.argument("service", metavar="SERVICE")
@click.option(
    "--client",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The JSON of your OAuth client, as the service gives it out.",
)
@click.option(
    "--token",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to keep the token. Default: the file that the targets name, else SERVICE-token.json.",
)
@click.option(
    "-t",
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_target,
    help="Only what this target needs; may be repeated. Default: all targets of the service.",
)
@click.option("--scope", "scopes", multiple=True, help="Ask for this instead; may be repeated.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Wait for the browser on this port. Default: any.",
)
@click.option(
    "--timeout",
    type=click.IntRange(1, 86400),
    default=300,
    metavar="SECONDS",
    help="Wait so long. Default: 300.",
)
@click.option("--no-browser", is_flag=True, help="Print the address to open, and open nothing.")
@click.option(
    "--check", is_flag=True, help="Sign nobody in: say for each target whether its credentials work."
)
@project_option
@json_option
@click.pass_context
def auth_command(
    context: click.Context,
    service: str,
    client: Path | None,
    token: Path | None,
    targets: tuple[str, ...],
    scopes: tuple[str, ...],
    port: int,
    timeout: int,
    project_file: Path | None,
    *,
    no_browser: bool,
    check: bool,
    as_json: bool,
) -> None:
    """Sign in to a service (google) as a person, and keep the token; or --check what the targets have.

    What the token is for follows from the targets of the project that use the service.
    """
    from briefingkit import registry
    from briefingkit.publish.account import SignIn

    account: Account = registry.get(service, registry.ACCOUNTS)()
    project = _project(project_file)
    if check:
        standings = _standings(account, project, _names(project, service, targets))
        _tell_standings(standings, as_json=as_json)
        context.exit(0 if all(each.works for each in standings.values()) else FAILED)
    if client is None:
        raise click.UsageError(
            "give --client, the JSON of your OAuth client; or --check, to see what there is"
        )
    if not no_browser and not _is_attended():
        raise click.UsageError(
            "there is no terminal, and so nobody to consent: run this at one, or with --no-browser; "
            "a job uses a token that is there, or a service account"
        )
    integrations = [*_loaded(project, service, targets)] if project else []
    needs = account.needs(integrations)
    path = token or _token(needs, project, service)
    asked = SignIn(
        client,
        path,
        scopes or needs.scopes,
        lambda address: _show(address, browser=not no_browser),
        port,
        timedelta(seconds=timeout),
        integrations,
    )
    done = account.sign_in(asked)
    ignored, left = ignore_in_git((path, client))
    exposed = [f"{file} is a secret, and .gitignore cannot be written: keep it out of Git" for file in left]
    done = evolve(done, notices=(*done.notices, *exposed))
    _tell_signed_in(done, path, ignored, as_json=as_json)


def _is_attended() -> bool:
    """Say whether a person is there who reads what is asked."""
    return sys.stderr.isatty()


def _project(given: Path | None) -> "Project | None":
    """Open the project here; without one the service's commonest target is signed in for."""
    from briefingkit.project import open_project

    file = project_near(given)
    return None if file is None else open_project(file)


def _names(project: "Project | None", service: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """Name the targets that use the service, all or those wanted; ProjectError for one that is not such."""
    uses = {} if project is None else {each.name: each.use for each in project.settings.targets}
    ours = tuple(name for name, use in uses.items() if use.partition(".")[0] == service)
    for name in wanted:
        if name not in ours:
            raise ProjectError(
                f"no target of {service} is called {name!r}; there are: {', '.join(ours) or 'none'}"
            )
    return tuple(dict.fromkeys(wanted)) or ours


def _load(project: "Project", name: str) -> Any:
    (target,) = project.targets([name])
    return target.integration


def _loaded(project: "Project", service: str, wanted: Sequence[str]) -> Iterator[Any]:
    """Load the targets to sign in for. One that cannot be, and was not asked for, is left out: it may be a job's."""
    for name in _names(project, service, wanted):
        try:
            yield _load(project, name)
        except BriefingkitError as error:
            if wanted:
                raise
            say(f"{name} is left out: {error}", "warning", err=True)


def _token(needs: "Needs", project: "Project | None", service: str) -> Path:
    """Choose where the token goes: where all the targets look for it, if that is one place."""
    if len(set(needs.tokens)) > 1:
        names = ", ".join(sorted(map(str, set(needs.tokens))))
        raise click.UsageError(
            f"the targets name several tokens ({names}): say which with --token, and --target"
        )
    return next(iter(needs.tokens), (project.folder if project else Path()) / _TOKEN.format(service=service))


def _show(address: str, *, browser: bool) -> None:
    """Lead a person to the page; the address is printed in any case, for another browser than the first."""
    opened = browser and _open(address)
    say(
        "A page opens in your browser. If none does, open this address:" if opened else "Open this address:",
        err=True,
    )
    # Not cut and not styled: it is to be copied whole.
    click.echo(f"\n  {address}\n", err=True)
    say("Waiting for the answer; Ctrl-C stops.", err=True)


def _open(address: str) -> bool:
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    # A browser in the terminal would take the terminal, and such pages need more of one.
    return getattr(found, "name", "") not in _IN_TERMINAL and found.open(address)


def _tell_signed_in(done: "SignedIn", path: Path, ignored: Iterable[Path], *, as_json: bool) -> None:
    if as_json:
        emit_json(
            {
                "token": str(path),
                "who": done.who or None,
                "scopes": list(done.scopes),
                "setting": done.setting,
                "ignored": list(map(str, ignored)),
                "notices": list(done.notices),
            }
        )
        return
    say(
        f"Signed in{f' as {done.who}' if done.who else ''}; the token is in {path}, for you alone to read.",
        "good",
    )
    for scope in done.scopes:
        say(f"  {scope}")
    for notice in done.notices:
        say(notice, "warning")
    for file in ignored:
        say(f"{file} was added to {file.parent / '.gitignore'}: it is a secret.")
    say(f"In briefingkit.yaml: {done.setting}")


def _standings(account: "Account", project: "Project | None", names: Iterable[str]) -> "dict[str, Standing]":
    from briefingkit.publish.account import Standing

    found = {}
    for name in names:
        try:
            found[name] = account.check(_load(project, name)) if project else Standing()
        except BriefingkitError as error:
            found[name] = Standing(problems=tuple(str(error).splitlines()))
    return found


def _tell_standings(standings: "dict[str, Standing]", *, as_json: bool) -> None:
    if as_json:
        emit_json(
            [
                {
                    "target": name,
                    "works": each.works,
                    "who": each.who or None,
                    "scopes": list(each.scopes),
                    "sees": list(each.sees),
                    "problems": list(each.problems),
                }
                for name, each in standings.items()
            ]
        )
        return
    for name, each in standings.items():
        say(
            f"{name}: {'works' if each.works else 'does not work'}",
            "good" if each.works else "error",
            bold=True,
        )
        if each.who:
            say(f"  as {each.who}")
        for line in (
            *(f"asks for {scope}" for scope in each.scopes),
            *(f"sees {seen}" for seen in each.sees),
        ):
            say(f"  {line}")
        for problem in each.problems:
            say(f"  {problem}", "error")
    if not standings:
        say("No target here uses it.", "warning")
