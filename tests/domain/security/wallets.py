"""A plain wallet, and what others did, for the checks of wallets."""

from typing import Any

import msgspec

from domain.activity.activity import Activity, Kind, Leg
from domain.activity.amounts import Holding
from domain.security.checks import Check, Source
from domain.security.wallet_facts import History, TokenAccount, WalletAccount, WalletFacts
from domain.security.wallets import SYSTEM_PROGRAM, wallet_checks

NOW = 1_760_000_000
SOURCE = Source(name="node")
ME = "Me11111111111111111111111111111111111111Me11"
FRIEND = "Frnd1111111111111111111111111111111111111end"
FAKE = "Frnd2222222222222222222222222222222222211end"
PLAIN = WalletFacts(
    address=ME,
    account=WalletAccount(owner=SYSTEM_PROGRAM, source=SOURCE),
    history=History(
        times=tuple(NOW - 40_000 * number for number in range(30)), is_complete=True, source=SOURCE
    ),
    token_accounts=(),
    activities=(),
    activities_complete=True,
    now=NOW,
    source=SOURCE,
)


def facts(**changes: object) -> WalletFacts:
    return msgspec.structs.replace(PLAIN, **changes)


def check(name: str, given: WalletFacts) -> Check:
    return next(one for one in wallet_checks(given) if one.name == name)


def history(*times: int, is_complete: bool = True) -> History:
    return History(times=times, is_complete=is_complete, source=SOURCE)


def done(kind: Kind, number: int = 0, **more: Any) -> Activity:
    values: dict[str, Any] = {"paid": (), "received": ()} | more
    return Activity(
        chain="solana", signature=f"s{number}", slot=number, block_time=None, wallet=ME, kind=kind, **values
    )


def leg(mint: str, raw: int) -> tuple[Leg, ...]:
    return (Leg(mint=mint, raw=raw, decimals=0),)


def account(**powers: Any) -> TokenAccount:
    return TokenAccount(address="account", holding=Holding(mint="mint", raw=5, decimals=0), **powers)
