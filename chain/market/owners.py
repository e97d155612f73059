"""Classifies holders by the owner of a token account and the account at its address. Pure.

Addresses of exchanges: `domain.activity.exchanges`. Authorities of venues and lockers:
`raydium-sdk-V2`, Meteora's `damm-v2` and `dynamic-bonding-curve`; accounts of lockers: `locks.py`.
"""

from solders.pubkey import Pubkey

from chain.market.curves import CURVES
from chain.market.pools import POOL_PROGRAMS
from chain.parsing.accounts import AccountData
from domain.activity.exchanges import EXCHANGES
from domain.security.facts import OwnerKind

DAMM_V2_AUTHORITY = "HLnpSz9h2S4hiLQ43rnSD9XkcUThA7B8hQMKmDaiTLcC"
DBC_AUTHORITY = "FhVo3mqL8PW5pH5U2CN4XE33DokiyZnUwuGpH2hmHLuM"
"""Owners of all vaults of Meteora's programs: they do not say whose pools a vault is."""
_BURN_ADDRESSES = frozenset(
    {"1nc1nerator11111111111111111111111111111111", "11111111111111111111111111111111"}
)
_POOL_AUTHORITIES = frozenset(
    {
        "5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1",  # Raydium AMM v4
        "GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL",  # Raydium CPMM
        DAMM_V2_AUTHORITY,
    }
)
_CURVE_AUTHORITIES = frozenset(
    {
        "WLHv2UAZm6z4KyaaELi5pjdbJh6RESMva1Rnn8pJVVh",  # Raydium LaunchLab
        DBC_AUTHORITY,
    }
)
_LOCK_AUTHORITIES = frozenset(
    {
        "3f7GcQFG397GAaEnv51zR6tsTVihYRydnydDD1cXekxH",  # Raydium's lock of CPMM shares, forever
        "kN1kEznaF5Xbd8LYuqtEFcxzWSBk5Fv6ygX6SqEGJVy",  # Raydium's lock of CLMM positions, forever
    }
)
_NAMED: dict[str, OwnerKind] = {
    **dict.fromkeys(_BURN_ADDRESSES, OwnerKind.BURNED),
    **dict.fromkeys(EXCHANGES, OwnerKind.EXCHANGE),
    **dict.fromkeys(_POOL_AUTHORITIES, OwnerKind.POOL),
    **dict.fromkeys(_CURVE_AUTHORITIES, OwnerKind.CURVE),
    **dict.fromkeys(_LOCK_AUTHORITIES, OwnerKind.LOCKED),
}


def is_to_read(owner: str) -> bool:
    """Whether only the account there says what it is: no wallet has such an address, and no list names it."""
    return owner not in _NAMED and not _is_on_curve(owner)


def owner_kind(owner: str, account: AccountData | None) -> OwnerKind:
    """Return whose hands these are.

    An account of a program that is not known counts as a holder: it may be somebody's vault. So does that of
    a lock: which tokens it locks, and how many, is found elsewhere (`chain/scans/locks.py`).

    Args:
        owner: of a token account.
        account: at that address; None: there is none, or it was not read.
    """
    if owner in _NAMED:
        return _NAMED[owner]
    if account is None:
        return OwnerKind.WALLET if _is_on_curve(owner) else OwnerKind.PROGRAM
    if account.owner in CURVES:
        return OwnerKind.CURVE
    if account.owner in POOL_PROGRAMS:
        return OwnerKind.POOL
    return OwnerKind.WALLET if _is_on_curve(owner) else OwnerKind.PROGRAM


def _is_on_curve(owner: str) -> bool:
    try:
        return Pubkey.from_string(owner).is_on_curve()
    except ValueError:
        return False
