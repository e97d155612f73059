"""Whether anybody can trade in a pool at all now, by the bytes of its account. Pure.

Whoever makes a pool says from when on people trade there, be it in a hundred years; some can be switched off.
What lies in such a pool nobody gets by a sale. Layouts: `raydium-amm` (`status`, `pool_open_time`; in old
pools something else may stand there, and the program reads it only while a pool waits), `raydium-cp-swap` and
`raydium-clmm` (`open_time`), and Meteora's `dlmm-sdk` and `damm-v2` (`status`, `activation_type`,
`activation_point`).
"""

from msgspec import Struct

from chain.market.pools import METEORA_DAMM_V2, METEORA_DLMM, RAYDIUM_CLMM, RAYDIUM_CPMM, RAYDIUM_V4


class _Layout(Struct, frozen=True):
    """Where a pool says from when on people trade there, and whether it is switched off."""

    opens: int
    status: int | None = None
    """Zero: it is on."""
    counts: int | None = None
    """Whether it counts slots, 0, or seconds, 1; None: seconds."""
    waiting: int | None = None
    """Its first byte while it waits for the time; None: the time counts in any case."""

    @property
    def size(self) -> int:
        """Bytes that it takes at least."""
        return max(self.opens + 8, 1 + (self.status or 0), 1 + (self.counts or 0))


_LAYOUTS = {
    RAYDIUM_V4: _Layout(224, waiting=7),
    RAYDIUM_CPMM: _Layout(373),
    RAYDIUM_CLMM: _Layout(1080),
    METEORA_DLMM: _Layout(816, status=82, counts=86),
    METEORA_DAMM_V2: _Layout(472, status=481, counts=480),
}


def is_closed(data: bytes, *, owner: str, slot: int, now: int | None) -> bool:
    """Return whether nobody can trade in a pool; where the time is not known, only if it is switched off.

    Args:
        data: the account of the pool.
        owner: the program that owns it.
        slot: when it was read; 0: not known.
        now: Unix seconds; None: not known.
    """
    layout = _LAYOUTS.get(owner)
    if layout is None or len(data) < layout.size:
        return False
    if layout.status is not None and data[layout.status]:
        return True
    if layout.waiting is not None and data[0] != layout.waiting:
        return False
    opens = int.from_bytes(data[layout.opens : layout.opens + 8], "little")
    if layout.counts is not None and not data[layout.counts]:
        return bool(slot) and opens > slot
    return now is not None and opens > now
