"""The commands, and what becomes of an error: a line for each thing that is wrong, exit code 1, no traceback."""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from briefingkit._version import __version__
from briefingkit.cli.terminal import report_errors
from briefingkit.errors import BriefingkitError

__all__ = ["briefingkit", "run"]

ERROR, USAGE, STOPPED = 1, 2, 130

# The help of a command stands here too, so that `briefingkit --help` loads none of them.
_COMMANDS = {
    "init": ("init", "Start a project in a folder: briefingkit.yaml and a first briefing."),
    "draft": ("draft", "Turn a concept note into a briefing.yaml, with its doubts."),
    "check": ("check", "Say what is wrong with briefings, and what is missing in each language."),
    "render": ("render", "Write a briefing as a page, text, Markdown, ICS, JSON-LD or JSCalendar."),
    "plan": ("publish", "Show what applying would change at every target. Exit code 3: something would."),
    "apply": ("publish", "Bring every target in step with the briefings."),
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


@click.group(
    cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, package_name="briefingkit", prog_name="briefingkit")
@click.pass_context
def briefingkit(context: click.Context) -> None:
    """Hold a briefing once, and publish it everywhere: a plan first, then apply.

    Exit codes: 0 done or nothing to do, 1 an error, 2 wrong usage, 3 (plan only) changes are pending.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are told on standard error, or as JSON with --json."""
    try:
        code = briefingkit.main(args=list(arguments), prog_name="briefingkit", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was applied is recorded; run the command again to go on.", err=True)
        return STOPPED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): leave without the interpreter complaining about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (BriefingkitError, OSError) as error:
        report_errors(error, as_json="--json" in arguments)
        return ERROR
    except Exception as error:  # noqa: BLE001 - a fault of ours, told without a traceback unless asked for
        if os.environ.get("BRIEFINGKIT_DEBUG"):
            traceback.print_exc()
        report_errors(error, as_json="--json" in arguments, ours=True)
        return ERROR
    return code if isinstance(code, int) else 0
