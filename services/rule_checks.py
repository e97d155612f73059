"""Rules that come from a program: numbers bounded, every mint an address, lists no longer than may be."""

from collections.abc import Collection
from decimal import Decimal

from domain.activity.addresses import is_address
from domain.errors import BadInput
from domain.rules.rules import MAX_TOKENS, Rules

MAX_DOLLARS = Decimal(10) ** 12
MAX_PERCENTILE = 99
MAX_AGE_SECONDS = 10 * 365 * 86_400
_AMOUNTS = ("min_usd", "max_usd", "min_market_cap", "max_market_cap", "min_liquidity")
_AGES = ("min_age_seconds", "max_age_seconds")
_LISTS = ("only_tokens", "never_tokens")


def checked_rules(rules: Rules) -> Rules:
    """The rules, if they can be kept.

    Raises:
        BadInput: a number is out of bounds, a list too long, or a mint no address.
    """
    for name in _AMOUNTS:
        _check_amount(name, getattr(rules, name))
    for name in _AGES:
        _check_age(name, getattr(rules, name))
    if rules.min_percentile is not None and not 0 <= rules.min_percentile <= MAX_PERCENTILE:
        raise BadInput(f"min_percentile: 0 to {MAX_PERCENTILE}.")
    for name in _LISTS:
        _check_mints(name, getattr(rules, name) or ())
    return rules


def _check_amount(name: str, amount: Decimal | None) -> None:
    if amount is not None and not (amount.is_finite() and 0 <= amount <= MAX_DOLLARS):
        raise BadInput(f"{name}: 0 to {MAX_DOLLARS:,f} dollars.")


def _check_age(name: str, seconds: int | None) -> None:
    if seconds is not None and not 0 <= seconds <= MAX_AGE_SECONDS:
        raise BadInput(f"{name}: 0 to {MAX_AGE_SECONDS} seconds.")


def _check_mints(name: str, mints: Collection[str]) -> None:
    if len(mints) > MAX_TOKENS:
        raise BadInput(f"{name}: {MAX_TOKENS} tokens at most.")
    if not all(is_address(mint) for mint in mints):
        raise BadInput(f"{name}: each is the address of a mint.")
