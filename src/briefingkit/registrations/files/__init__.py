"""Lists from and for CSV, XLSX and JSON files."""

__all__: list[str] = []
