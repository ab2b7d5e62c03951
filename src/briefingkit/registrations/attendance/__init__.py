"""Who was there: marked by hand, or read from a meeting's report and matched to the list."""

__all__: list[str] = []
