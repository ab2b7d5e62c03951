"""briefingkit."""
