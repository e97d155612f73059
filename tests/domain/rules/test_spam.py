"""Dust of every currency and unasked-for tokens are kept, and silent; what is worth a dollar is real."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import DOLLAR_MINTS
from domain.rules.decisions import decide
from domain.rules.gates import NO_FACTS, Facts, Gate
from domain.rules.spam import MIN_RECIPIENTS, WELL_KNOWN, is_dust, unknown_tokens
from tests.domain.rules.samples import NOW, WATCH, activity

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
JITOSOL = "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"
STRANGE = "Strange1111111111111111111111111111111111"


def came(*legs: tuple[str, int], is_signer: bool | None = False, kind: Kind = Kind.TRANSFER_IN) -> Activity:
    received = tuple(Leg(mint=mint, raw=raw, decimals=6) for mint, raw in legs)
    return structs.replace(activity(kind), paid=(), received=received, is_signer=is_signer)


def went(*legs: tuple[str, int], is_signer: bool = True) -> Activity:
    paid = tuple(Leg(mint=mint, raw=raw, decimals=6) for mint, raw in legs)
    return structs.replace(activity(Kind.TRANSFER_OUT), paid=paid, received=(), is_signer=is_signer)


@pytest.mark.parametrize(
    ("what", "dust"),
    [
        (went((SOL, 5_000)), True),
        (went((SOL, 999_999)), True),
        (went((SOL, 1_000_000)), False),
        (went((SOL, 5_000), is_signer=False), False),
        (went((SOL, 5_000), (USDC, 1)), False),
        (went((USDC, 1)), False),
        (came((USDC, 1)), True),
        (came((USDC, 10_000)), True),
        (came((USDC, 10_000), is_signer=None), True),
        (came((USDC, 10_000), is_signer=True), False),
        (came((USDC, 1_000_000)), False),
        (came((SOL, 999_999)), True),
        (came((SOL, 999_999), is_signer=True), True),
        (came((SOL, 1_000_000)), False),
        (came((JITOSOL, 999)), True),
        (came((SOL, 5), (USDC, 5)), True),
        (came((SOL, 5), (USDC, 5_000_000)), False),
        (came((STRANGE, 1)), False),
        (came((USDC, 1), kind=Kind.SELL), False),
    ],
)
def test_a_tiny_amount_of_any_currency_is_dust(what: Activity, dust: bool) -> None:  # noqa: FBT001
    assert is_dust(what, NO_FACTS) is dust
    wanted = decide(WATCH, what, seen_at=NOW, now=NOW).gate
    assert (wanted is Gate.DUST) is dust


def test_every_dollar_can_be_dust() -> None:
    assert all(is_dust(came((mint, 1)), NO_FACTS) for mint in DOLLAR_MINTS)


@pytest.mark.parametrize(
    ("what", "known", "gate"),
    [
        (came((STRANGE, 10**9)), False, Gate.SPAM),
        (came((STRANGE, 10**9), kind=Kind.MINT), False, Gate.SPAM),
        (came((STRANGE, 10**9), (SOL, 5)), False, Gate.SPAM),
        (came((STRANGE, 10**9)), True, Gate.WANTED),
        (came((STRANGE, 10**9)), None, Gate.WANTED),
        (came((STRANGE, 10**9), is_signer=True), False, Gate.WANTED),
        (came((STRANGE, 10**9), is_signer=None), False, Gate.WANTED),
        (came((STRANGE, 10**9), (USDC, 5_000_000)), False, Gate.WANTED),
        (came((USDC, 5_000_000)), False, Gate.WANTED),
    ],
)
def test_a_token_that_nobody_asked_for_is_silent_unless_the_wallet_dealt_with_it(
    what: Activity,
    known: bool | None,  # noqa: FBT001 - one of the values of a table
    gate: Gate,
) -> None:
    facts = Facts(tokens_known=known)
    assert decide(WATCH, what, seen_at=NOW, now=NOW, facts=facts).gate is gate


def test_only_tokens_of_no_known_value_are_asked_about() -> None:
    assert unknown_tokens(came((STRANGE, 5), (SOL, 5))) == {STRANGE}
    assert unknown_tokens(came((USDC, 5))) == frozenset()
    assert SOL in WELL_KNOWN


def gate(what: Activity, facts: Facts) -> Gate:
    return decide(WATCH, what, seen_at=NOW, now=NOW, facts=facts).gate


TO_MANY = structs.replace(came((STRANGE, 10**9)), recipients=MIN_RECIPIENTS)
OF_FRIEND = Facts(knows_sender=True, tokens_known=False)


@pytest.mark.parametrize(
    ("what", "facts", "decided"),
    [
        (came((STRANGE, 10**9)), Facts(usd=Decimal("0.99")), Gate.DUST),
        (came((SOL, 4_000_000)), Facts(usd=Decimal("0.8")), Gate.DUST),
        (came((STRANGE, 10**9)), Facts(imitated_sender="friend", tokens_known=True), Gate.LOOK_ALIKE),
        (came((STRANGE, 10**9)), Facts(names_site=True, tokens_known=True), Gate.LINK_NAME),
        (TO_MANY, Facts(tokens_known=True), Gate.BLAST),
        (structs.replace(TO_MANY, recipients=MIN_RECIPIENTS - 1), Facts(tokens_known=True), Gate.WANTED),
    ],
)
def test_each_sort_of_spam_has_its_gate(what: Activity, facts: Facts, decided: Gate) -> None:
    assert gate(what, facts) is decided


@pytest.mark.parametrize(
    "facts",
    [
        Facts(usd=Decimal(1), tokens_known=False, imitated_sender="friend", names_site=True),
        Facts(knows_sender=True, tokens_known=False, imitated_sender="friend", names_site=True),
        Facts(knows_sender=True, usd=Decimal("0.01")),
    ],
)
def test_what_is_worth_a_dollar_or_comes_from_a_friend_is_sent_whatever_it_looks_like(facts: Facts) -> None:
    assert gate(TO_MANY, facts) is Gate.WANTED


def test_dollars_that_only_trades_showed_make_nothing_real_and_nothing_dust() -> None:
    high = Facts(usd=Decimal(20), is_usd_certain=False, tokens_known=False)
    assert gate(came((STRANGE, 10)), high) is Gate.SPAM
    assert gate(TO_MANY, high) is Gate.BLAST
    low = Facts(usd=Decimal("0.01"), is_usd_certain=False, tokens_known=True)
    assert gate(came((STRANGE, 10**9)), low) is Gate.WANTED
    with_money = Facts(usd=Decimal("0.01"), is_usd_certain=False)
    assert gate(came((USDC, 5_000_000), (STRANGE, 10)), with_money) is Gate.WANTED


def test_what_the_wallet_signed_itself_is_no_spam() -> None:
    signed = structs.replace(TO_MANY, is_signer=True)
    facts = Facts(tokens_known=False, imitated_sender="friend", names_site=True)
    assert gate(signed, facts) is Gate.WANTED
