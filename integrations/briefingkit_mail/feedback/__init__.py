"""What mail services tell of mails that they took: a file each, which checks who is calling and reads what is said."""

__all__: list[str] = []
