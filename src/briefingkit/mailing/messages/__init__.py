"""What is written: a mail of each kind, compiled once for each language and joined for each recipient."""

__all__: list[str] = []
