"""The commands, each loaded when it is called."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from briefingkit._version import __version__
from briefingkit.cli.failure import ERROR, tell

__all__ = ["briefingkit", "run"]

# The help of a command stands here too, so that `briefingkit --help` loads none of them.
_COMMANDS = {
    "init": ("init", "Start a project in a folder: briefingkit.yaml and a first briefing."),
    "draft": ("draft", "Turn a concept note into a briefing.yaml, with its doubts."),
    "check": ("check", "Say what is wrong with briefings, and what is missing in each language."),
    "render": ("render", "Write a briefing as a page, text, Markdown, ICS, JSON-LD or JSCalendar."),
    "plan": ("publish", "Show what applying would change at every target. Exit code 3: something would."),
    "apply": ("publish", "Bring every target in step with the briefings."),
    "registrations": ("registrations", "Keep the list of who takes part: add, import, export, erase."),
    "serve": ("serve", "Serve the registration pages, and the organisers' list."),
    "mail": ("mail", "Write to people: plan, send, see what became of it."),
    "auth": ("auth", "Sign in to a service as a person, or check what the targets have."),
    "integrations": ("integrations", "List what briefingkit can publish to here."),
    "schema": ("schema", "Print the JSON Schema of briefing.yaml or briefingkit.yaml."),
    "demo": ("demo", "Run the whole life of a briefing in a folder, from a concept note."),
    "completion": ("completion", "Print the line that completes commands in your shell."),
}


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of a briefing's life."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"briefingkit.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in _COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command without importing any; options as ever."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        begun = {name: help_ for name, (_, help_) in _COMMANDS.items() if name.startswith(incomplete)}
        return [CompletionItem(name, help=help_) for name, help_ in begun.items()]


_EXAMPLES = """\b
Start with:
  briefingkit init talks && cd talks
  briefingkit check
  briefingkit plan
  briefingkit apply"""


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXAMPLES,
)
@click.version_option(__version__, package_name="briefingkit", prog_name="briefingkit")
def briefingkit() -> None:
    """Hold a briefing once, and publish it everywhere: a plan first, then apply.

    Exit codes: 0 done or nothing to do, 1 an error, 2 wrong usage, 3 (plan only) changes are pending.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are told on standard error, or as JSON with --json."""
    as_json = "--json" in arguments
    try:
        code = briefingkit.main(args=list(arguments), prog_name="briefingkit", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except SystemExit as leaving:
        # How click ends when the reader of our output has gone, and when it has completed a word for a shell.
        return leaving.code if isinstance(leaving.code, int) else ERROR
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a fault of ours too is told in a line
        return _tell(error, as_json=as_json)
    return code if isinstance(code, int) else 0


def _tell(error: BaseException, *, as_json: bool) -> int:
    try:
        return ERROR if isinstance(error, BrokenPipeError) else tell(error, as_json=as_json)
    except OSError:
        # Standard output is full or gone, so there is nowhere to tell it.
        return ERROR
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            # The interpreter must not try again at its end, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
