"""What tests of integrations, and of projects, build on: contracts to inherit, a hostile server, strategies.

Import the module that is needed: `contract`, `store`, `memory`, `strategies`. The pytest plugin (`plugin`) loads by
itself, and loads nothing else until one of its fixtures is asked for.
"""

__all__: list[str] = []
