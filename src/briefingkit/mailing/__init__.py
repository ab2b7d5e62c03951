"""Mailings: what is written to whom, made once for each language and sent so that nothing is lost and nothing twice."""

__all__: list[str] = []
