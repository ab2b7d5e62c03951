"""How often one place may try: a bucket each, in memory, under a keyed hash that leads back to no address.

The key is thrown away every hour, with the buckets. No address is stored, nor written to a log.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from attrs import define, field

__all__ = ["Limiter"]

_HOUR = 3600.0
_PREFIX = 64  # one household or office has such a network (RFC 6177), and any number of addresses in it
_MOST = 100_000


@define
class Limiter:
    """Lets `burst` tries through at once, and `per_minute` from then on; 0 is no limit. `clock` gives seconds."""

    per_minute: float
    burst: int
    clock: Callable[[], float] = field(repr=False)
    _make_key: Callable[[], bytes] = field(
        default=lambda: secrets.token_bytes(32), repr=False, alias="make_key"
    )
    _key: bytes = field(default=b"", init=False, repr=False)
    _until: float = field(default=0.0, init=False)
    _buckets: dict[bytes, tuple[float, float]] = field(factory=dict, init=False, repr=False)

    def wait(self, address: str | None, *, take: bool = True) -> int:
        """Take a try, and give 0; where there is none left, give the seconds after which there is one again.

        Without `take` it is only looked whether there is one.
        """
        if self.per_minute <= 0:
            return 0
        now = self.clock()
        if not self._key or now >= self._until or len(self._buckets) >= _MOST:
            self._key, self._until = self._make_key(), now + _HOUR
            self._buckets.clear()
        name = hmac.digest(self._key, _network(address).encode(errors="replace"), hashlib.sha256)[:16]
        left, at = self._buckets.get(name, (float(self.burst), now))
        left = min(float(self.burst), left + (now - at) * self.per_minute / 60)
        if left < 1:
            self._buckets[name] = (left, now)
            return max(1, round((1 - left) * 60 / self.per_minute))
        self._buckets[name] = (left - 1 if take else left, now)
        return 0


def _network(address: str | None) -> str:
    try:
        read = ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or ""
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ip_network((read, _PREFIX), strict=False))
    return str(read)
