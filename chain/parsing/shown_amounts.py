"""Amounts as wallets show them, where a token scales or bears interest: read a second time, on demand. Pure.

Token-2022 lets a mint multiply what is shown (`ScaledUiAmount`, `InterestBearing`). A node gives the amount
both ways; the first reading keeps only the exact one.
"""

from decimal import Decimal

import msgspec
from msgspec import Struct, field

from chain.parsing import json_shapes
from chain.parsing.transaction import Transaction
from domain.errors import Undecodable

_TOKEN_2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"  # noqa: S105 - a program
_MAX_DIGITS = 40
Ratio = tuple[int, int]
"""What is shown for how many of the smallest units, in these units."""


class _Amount(Struct, frozen=True, gc=False):
    """`{"amount":"100000000","decimals":8,"uiAmountString":"10"}`."""

    raw: json_shapes.RawAmount = field(name="amount")
    decimals: int | None = None
    text: str | None = field(name="uiAmountString", default=None)


class _Balance(Struct, frozen=True, gc=False):
    """`{"mint":"Xsoc…","uiTokenAmount":{"amount":"100000000","decimals":8,"uiAmountString":"10"}}`."""

    mint: str
    amount: _Amount = field(name="uiTokenAmount")


class _Meta(Struct, frozen=True, gc=False):
    """`{"preTokenBalances":[],"postTokenBalances":[]}`."""

    pre: tuple[_Balance, ...] | None = field(name="preTokenBalances", default=None)
    post: tuple[_Balance, ...] | None = field(name="postTokenBalances", default=None)


class _Inner(Struct, frozen=True, gc=False):
    """`{"meta":{}}`, one level deeper in a notification."""

    meta: _Meta | None = None


class _Outer(Struct, frozen=True, gc=False):
    """`{"transaction":{},"meta":{}}`."""

    meta: _Meta | None = None
    transaction: _Inner | tuple[str, ...] | str | None = None


_decode = msgspec.json.Decoder(_Outer, strict=False).decode


def may_scale(transaction: Transaction) -> bool:
    """Whether a token of the transaction may be shown in another amount than it is kept; a no is certain."""
    for balance in transaction.post_tokens:  # noqa: SIM110 - a generator takes longer
        if balance.program == _TOKEN_2022:
            return True
    return False


def shown_ratios(transaction: Transaction) -> dict[str, Ratio]:
    """By mint, for those whose amounts are shown scaled.

    Raises:
        Undecodable: the balances cannot be understood, though they could a first time.
    """
    try:
        outer = _decode(transaction.source)
    except json_shapes.BAD_JSON as error:
        raise Undecodable(f"balances that cannot be understood: {error}") from error
    inner = outer.transaction.meta if isinstance(outer.transaction, _Inner) else None
    meta = inner or outer.meta
    balances = [*(meta.pre or ()), *(meta.post or ())] if meta is not None else []
    ratios: dict[str, Ratio] = {}
    for balance in sorted(balances, key=lambda balance: balance.amount.raw):
        displayed_raw = shown_units(balance.amount.text, balance.amount.decimals)
        if displayed_raw is not None and balance.amount.raw:
            ratios[balance.mint] = displayed_raw, balance.amount.raw
    return {mint: ratio for mint, ratio in ratios.items() if ratio[0] != ratio[1]}


def shown_units(text: str | None, decimals: int | None) -> int | None:
    """An amount as a node writes it for people, in smallest units; None: it does not say it."""
    if text is None or decimals is None or len(text) > _MAX_DIGITS:
        return None
    try:
        amount = Decimal(text).scaleb(decimals)
        return int(amount) if 0 <= amount <= json_shapes.MAX_AMOUNT else None
    except (ArithmeticError, ValueError):
        return None
