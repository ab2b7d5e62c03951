"""Lists from and for CSV, XLSX and JSON files."""
