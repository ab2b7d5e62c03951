"""How mail goes out: planned into the ledger, taken out of it by senders, and handed to a transport."""

__all__: list[str] = []
