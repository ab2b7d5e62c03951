"""Several machines at one mailing, by way of PostgreSQL and Procrastinate."""

from briefingkit_workers.engine import Procrastinate

__all__ = ["Procrastinate"]
