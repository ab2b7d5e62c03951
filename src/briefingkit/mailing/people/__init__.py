"""Whom a mailing is for: audiences, who of them is concerned, and who must not be written to."""

__all__: list[str] = []
