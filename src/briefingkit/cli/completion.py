"""`briefingkit completion`: the line that a shell needs."""

import click

from briefingkit.cli.terminal import emit_json, json_option

__all__ = ["completion_command"]

_LINES = {
    "bash": 'eval "$(_BRIEFINGKIT_COMPLETE=bash_source briefingkit)"',
    "zsh": 'eval "$(_BRIEFINGKIT_COMPLETE=zsh_source briefingkit)"',
    "fish": "_BRIEFINGKIT_COMPLETE=fish_source briefingkit | source",
}


_EXAMPLES = """\b
Put it into the shell's start-up file:
  briefingkit completion bash >> ~/.bashrc
  briefingkit completion zsh >> ~/.zshrc
  briefingkit completion fish >> ~/.config/fish/config.fish"""


@click.command("completion", epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(tuple(_LINES)))
@json_option
def completion_command(shell: str, *, as_json: bool) -> None:
    """Print the line that makes SHELL complete commands, options, targets and briefings."""
    if as_json:
        emit_json({"shell": shell, "line": _LINES[shell]})
    else:
        click.echo(_LINES[shell])
