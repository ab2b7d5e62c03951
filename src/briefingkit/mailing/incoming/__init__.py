"""What comes back: bounces, complaints and wishes, and what is done with them."""

__all__: list[str] = []
