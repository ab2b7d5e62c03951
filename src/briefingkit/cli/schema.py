"""`briefingkit schema`: the JSON Schema, for editors and for other tools."""

import click

from briefingkit.cli.terminal import emit_json

__all__ = ["schema_command"]


@click.command("schema")
@click.argument("kind", type=click.Choice(("briefing", "project")), default="briefing")
@click.option("--json", "as_json", is_flag=True, help="For symmetry: the schema is JSON in any case.")
def schema_command(kind: str, *, as_json: bool) -> None:
    """Print the JSON Schema (draft 2020-12) of briefing.yaml, or of briefingkit.yaml with `project`."""
    del as_json
    from briefingkit.source.schema import json_schema, project_schema

    emit_json(json_schema() if kind == "briefing" else project_schema())
