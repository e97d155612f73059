"""What an address holds, read at one slot."""

import msgspec


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """All of one mint that an owner holds, over all its accounts."""

    mint: str
    raw: int
    decimals: int
    scaled: int | None = None
    """The amount that wallets show, in the same units, where the token scales it; None: `raw`."""
    frozen: bool = False
    """At least one of the accounts is frozen."""

    @property
    def displayed_raw(self) -> int:
        """The amount as people see it everywhere else."""
        return self.raw if self.scaled is None else self.scaled


class BalanceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of an address."""

    address: str
    lamports: int
    holdings: tuple[Holding, ...]
    """Largest raw amounts first; without empty accounts."""
    slot: int | None
