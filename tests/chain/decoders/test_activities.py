"""What wallets did, scene by scene; amounts exact, rent and fee apart."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity, Kind, Leg
from tests.chain import samples
from tests.chain.samples import (
    RAYDIUM_CPMM,
    RENT,
    SYSTEM,
    TOKEN,
    USDC,
    WSOL,
    address,
    call,
    token_balance,
    transaction,
)

ALICE, BOB, POOL, MINT = address("alice"), address("bob"), address("pool"), address("mint")
HERS, HIS, VAULT, HER_OTHER = address("hers"), address("his"), address("vault"), address("purse")
SOL = 1_000_000_000
STAKE = "Stake11111111111111111111111111111111111111"
STAKE_POOL = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"
PUMP = "6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P"
SQUADS = "SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf"
LIMIT = "j1o2qRpjcyUwEvwtcfhEQefh773ZgjxcVRry7LDqg5X"
MAGIC_EDEN = "M2mx93ekt1fmXSVkTrUL9xVFHkmME8HTUi5Cyc5aF7K"
JITO = "96gYZGLnJYVFmbjzopPSU6QiEV5fGqZNyN9nmNhvrZU5"
BONKBOT = "ZG98FUCjb8mJ824Gbs6RsgVmr1FhXb2oNiJHa2dwmPd"
MSOL = "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So"
FEE = 5000


def _anchor(name: str) -> bytes:
    return hashlib.sha256(f"global:{name}".encode()).digest()[:8] + b"arguments"


def _of(sample: dict[str, Any], wallet: str, quote_mints: frozenset[str] = QUOTE_MINTS) -> Activity:
    transaction = read_transaction(samples.raw(sample))
    (found,) = activities(transaction, chain="solana", wallets={wallet}, quote_mints=quote_mints)
    return found


def _amounts(legs: Sequence[Leg]) -> dict[str, int]:
    return {leg.mint: leg.raw for leg in legs}


def _kind_and_amounts(activity: Activity) -> tuple[Kind, dict[str, int], dict[str, int]]:
    return activity.kind, _amounts(activity.paid), _amounts(activity.received)


def _exchange(gave: str, got: str, *, signers: int = 1, program: str | None = None) -> dict[str, Any]:
    """Alice gives 100 of one token to Bob for 7 of another."""
    return transaction(
        {
            ALICE: (SOL, SOL - FEE),
            BOB: (SOL, SOL),
            HERS: (RENT, RENT),
            HIS: (RENT, RENT),
            HER_OTHER: (RENT, RENT),
            VAULT: (RENT, RENT),
        },
        tokens=(
            (
                token_balance(HERS, ALICE, gave, 500),
                token_balance(HIS, BOB, gave, 0),
                token_balance(HER_OTHER, ALICE, got, 0),
                token_balance(VAULT, BOB, got, 50),
            ),
            (
                token_balance(HERS, ALICE, gave, 400),
                token_balance(HIS, BOB, gave, 100),
                token_balance(HER_OTHER, ALICE, got, 7),
                token_balance(VAULT, BOB, got, 43),
            ),
        ),
        calls=((call(program or TOKEN), (call(TOKEN, depth=2),) if program else ()),),
        signers=signers,
    )


@pytest.mark.parametrize(
    ("gave", "got", "kind"),
    [
        (USDC, MINT, Kind.BUY),
        (MINT, USDC, Kind.SELL),
        (MINT, address("other"), Kind.SWAP),
        (USDC, MSOL, Kind.SWAP),
    ],
)
def test_a_trade_follows_from_balances_alone_even_where_the_other_side_signs_too(
    gave: str, got: str, kind: Kind
) -> None:
    sample = _exchange(gave, got, signers=2)
    assert _kind_and_amounts(_of(sample, ALICE)) == (kind, {gave: 100}, {got: 7})
    assert _kind_and_amounts(_of(sample, BOB))[1:] == ({got: 7}, {gave: 100})


def test_what_counts_as_a_quote_currency_can_be_chosen() -> None:
    other = address("other")
    assert _of(_exchange(other, MINT), ALICE, QUOTE_MINTS | {other}).kind is Kind.BUY
    assert _of(_exchange(USDC, MINT), ALICE, frozenset()).kind is Kind.SWAP


def test_fee_and_rent_of_own_accounts_are_no_part_of_the_price() -> None:
    bought = _of(samples.swap(), address("trader"))
    assert _kind_and_amounts(bought) == (Kind.BUY, {"SOL": SOL}, {MINT: 250})
    assert (bought.fee, bought.rent, bought.venue) == (FEE, RENT, "Jupiter v6")


def test_wrapped_sol_opened_and_closed_inside_is_sol() -> None:
    sample = transaction(
        {
            ALICE: (SOL, 3 * SOL - FEE),
            HERS: (RENT, RENT),
            HIS: (RENT, RENT),
            VAULT: (9 * SOL, 7 * SOL),
            POOL: (1, 1),
        },
        tokens=(
            (
                token_balance(HERS, ALICE, MINT, 90),
                token_balance(HIS, POOL, MINT, 0),
                token_balance(VAULT, POOL, WSOL, 9 * SOL, 9),
            ),
            (
                token_balance(HERS, ALICE, MINT, 0),
                token_balance(HIS, POOL, MINT, 90),
                token_balance(VAULT, POOL, WSOL, 7 * SOL, 9),
            ),
        ),
    )
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.SELL, {MINT: 90}, {"SOL": 2 * SOL})


def test_a_closed_account_gives_back_its_rent_and_that_is_no_leg() -> None:
    sample = transaction(
        {
            ALICE: (SOL, SOL + RENT + 2 * SOL - FEE),
            HERS: (RENT, 0),
            HIS: (RENT, RENT),
            BOB: (9 * SOL, 7 * SOL),
        },
        tokens=(
            (token_balance(HERS, ALICE, MINT, 90), token_balance(HIS, BOB, MINT, 0)),
            (token_balance(HIS, BOB, MINT, 90),),
        ),
    )
    sold = _of(sample, ALICE)
    assert (_kind_and_amounts(sold), sold.rent) == ((Kind.SELL, {MINT: 90}, {"SOL": 2 * SOL}), -RENT)


def test_rent_and_tips_of_a_trade_of_tokens_are_no_leg() -> None:
    sample = _exchange(USDC, MINT)
    sample["meta"]["postBalances"][0] -= 3_000_000
    sample["transaction"]["message"]["accountKeys"].append(JITO)
    sample["meta"]["preBalances"].append(0)
    sample["meta"]["postBalances"].append(3_000_000)
    bought = _of(sample, ALICE)
    assert (_kind_and_amounts(bought), bought.tip) == ((Kind.BUY, {USDC: 100}, {MINT: 7}), 3_000_000)


def test_a_bot_without_a_program_is_known_by_its_fee() -> None:
    sample = _exchange(USDC, MINT, program=RAYDIUM_CPMM)
    sample["transaction"]["message"]["accountKeys"].append(BONKBOT)
    sample["meta"]["preBalances"].append(0)
    sample["meta"]["postBalances"].append(3_000_000)
    bought = _of(sample, ALICE)
    assert (bought.venue, bought.route) == ("BonkBot", ("BonkBot", "Raydium CPMM"))
    assert (bought.venue_fee, bought.tip) == (3_000_000, 0)


def test_a_trade_by_a_delegate_is_the_owners_though_only_the_delegate_signs_and_pays() -> None:
    sample = _exchange(USDC, MINT)
    keeper = address("keeper")
    sample["transaction"]["message"]["accountKeys"][0] = keeper
    bought = _of(sample, ALICE)
    assert (_kind_and_amounts(bought), bought.fee) == ((Kind.BUY, {USDC: 100}, {MINT: 7}), 0)


def test_several_trades_in_one_transaction_give_all_their_legs() -> None:
    sample = _exchange(USDC, MINT)
    other, more = address("other"), address("more")
    sample["transaction"]["message"]["accountKeys"] += [more, address("their more")]
    sample["meta"]["preBalances"] += [RENT, RENT]
    sample["meta"]["postBalances"] += [RENT, RENT]
    keys = sample["transaction"]["message"]["accountKeys"]
    for name, owner, sides in ((more, ALICE, (0, 30)), (address("their more"), BOB, (30, 0))):
        for side, raw in zip(("preTokenBalances", "postTokenBalances"), sides, strict=True):
            sample["meta"][side].append(
                {**token_balance(name, owner, other, raw), "accountIndex": keys.index(name)}
            )
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.BUY, {USDC: 100}, {MINT: 7, other: 30})


def test_a_vault_of_several_people_trades_though_it_never_signs() -> None:
    sample = _exchange(USDC, MINT, program=SQUADS)
    sample["transaction"]["message"]["accountKeys"][0] = address("a member")
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.BUY, {USDC: 100}, {MINT: 7})


def _sends(arrived: int = 100, program: str | None = None) -> dict[str, Any]:
    return transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT), HIS: (RENT, RENT)},
        tokens=(
            (token_balance(HERS, ALICE, MINT, 500), token_balance(HIS, BOB, MINT, 0)),
            (token_balance(HERS, ALICE, MINT, 400), token_balance(HIS, BOB, MINT, arrived)),
        ),
        calls=((call(program or TOKEN), (call(TOKEN, depth=2),) if program else ()),),
    )


@pytest.mark.parametrize("program", [None, SQUADS, address("a program nobody knows")])
def test_a_transfer_names_the_other_side(program: str | None) -> None:
    out, into = _of(_sends(program=program), ALICE), _of(_sends(program=program), BOB)
    assert (_kind_and_amounts(out), out.counterparty) == ((Kind.TRANSFER_OUT, {MINT: 100}, {}), BOB)
    assert (_kind_and_amounts(into), into.counterparty) == ((Kind.TRANSFER_IN, {}, {MINT: 100}), ALICE)


def test_a_token_that_keeps_a_fee_on_transfer_is_exact_on_both_sides() -> None:
    assert _kind_and_amounts(_of(_sends(arrived=97), ALICE)) == (Kind.TRANSFER_OUT, {MINT: 100}, {})
    assert _kind_and_amounts(_of(_sends(arrived=97), BOB)) == (Kind.TRANSFER_IN, {}, {MINT: 97})


def test_sol_is_transferred_too() -> None:
    sample = transaction({ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (0, 5 * SOL)}, calls=((call(SYSTEM), ()),))
    sent = _of(sample, ALICE)
    assert (_kind_and_amounts(sent), sent.counterparty, sent.fee) == (
        (Kind.TRANSFER_OUT, {"SOL": 5 * SOL}, {}),
        BOB,
        FEE,
    )


def test_a_transfer_to_several_names_nobody() -> None:
    sample = transaction({ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (0, 2 * SOL), POOL: (0, 3 * SOL)})
    assert (_of(sample, ALICE).kind, _of(sample, ALICE).counterparty) == (Kind.TRANSFER_OUT, None)


def test_rent_for_accounts_that_a_program_opens_is_no_transfer() -> None:
    sample = transaction(
        {ALICE: (SOL, SOL - FEE - 1_500_000), POOL: (0, 1_500_000)},
        calls=((call(address("a program nobody knows")), (call(SYSTEM, depth=2),)),),
    )
    assert _of(sample, ALICE).kind is Kind.OTHER


def test_minting_and_burning_follow_from_the_supply() -> None:
    minted = transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT)},
        tokens=((token_balance(HERS, ALICE, MINT, 5),), (token_balance(HERS, ALICE, MINT, 25),)),
    )
    burned = transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT)},
        tokens=((token_balance(HERS, ALICE, MINT, 25),), (token_balance(HERS, ALICE, MINT, 5),)),
    )
    assert _kind_and_amounts(_of(minted, ALICE)) == (Kind.MINT, {}, {MINT: 20})
    assert _kind_and_amounts(_of(burned, ALICE)) == (Kind.BURN, {MINT: 20}, {})


def test_the_supply_minted_at_creation_is_not_bought() -> None:
    curve = address("curve")
    sample = transaction(
        {ALICE: (9 * SOL, 8 * SOL - FEE), curve: (0, SOL), HERS: (0, 0), HIS: (0, 0)},
        tokens=((), (token_balance(HERS, ALICE, MINT, 300), token_balance(HIS, curve, MINT, 999_700))),
        calls=(
            (call(PUMP, _anchor("create")), (call(TOKEN, b"\x14", depth=2),)),
            (call(PUMP, _anchor("buy")), ()),
        ),
    )
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.BUY, {"SOL": SOL}, {MINT: 300})


def test_a_creation_without_a_purchase_is_a_creation() -> None:
    curve = address("curve")
    sample = transaction(
        {ALICE: (9 * SOL, 9 * SOL - FEE - 20_000_000), curve: (0, 20_000_000), HIS: (0, 0)},
        tokens=((), (token_balance(HIS, curve, MINT, 1_000_000),)),
        calls=((call(PUMP, _anchor("create")), (call(TOKEN, b"\x14", depth=2),)),),
    )
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.CREATE, {"SOL": 20_000_000}, {})


def _pool(shares: tuple[int, int], name: str) -> dict[str, Any]:
    """Alice puts SOL and 100 tokens into a pool for shares, or the reverse."""
    sign = 1 if shares[1] > shares[0] else -1
    lp = address("shares")
    return transaction(
        {
            ALICE: (9 * SOL, 9 * SOL - sign * SOL - FEE),
            POOL: (SOL, SOL + sign * SOL),
            HERS: (RENT, RENT),
            VAULT: (RENT, RENT),
            HER_OTHER: (RENT, RENT),
        },
        tokens=(
            (
                token_balance(HERS, ALICE, MINT, 500),
                token_balance(VAULT, POOL, MINT, 500),
                token_balance(HER_OTHER, ALICE, lp, shares[0]),
            ),
            (
                token_balance(HERS, ALICE, MINT, 500 - sign * 100),
                token_balance(VAULT, POOL, MINT, 500 + sign * 100),
                token_balance(HER_OTHER, ALICE, lp, shares[1]),
            ),
        ),
        calls=((call(RAYDIUM_CPMM, _anchor(name)), (call(TOKEN, depth=2),)),),
    )


def test_liquidity_differs_from_trades_by_its_share_token() -> None:
    lp = address("shares")
    added, removed = _of(_pool((0, 40), "deposit"), ALICE), _of(_pool((40, 0), "withdraw"), ALICE)
    assert _kind_and_amounts(added) == (Kind.LIQUIDITY_ADD, {"SOL": SOL, MINT: 100}, {lp: 40})
    assert _kind_and_amounts(removed) == (Kind.LIQUIDITY_REMOVE, {lp: 40}, {"SOL": SOL, MINT: 100})


@pytest.mark.parametrize(
    ("program", "data", "sign", "kind"),
    [(STAKE, b"\x02\0\0\0", -1, Kind.STAKE), (STAKE, b"\x04\0\0\0", 1, Kind.UNSTAKE)],
)
def test_stake_accounts(program: str, data: bytes, sign: int, kind: Kind) -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 9 * SOL + sign * 5 * SOL - FEE), POOL: (6 * SOL, 6 * SOL - sign * 5 * SOL)},
        calls=((call(program, data), ()),),
    )
    side = {"SOL": 5 * SOL}
    assert _kind_and_amounts(_of(sample, ALICE)) == (kind, *(({}, side) if sign > 0 else (side, {})))


def test_a_stake_pool_gives_its_token_for_sol() -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 4 * SOL - FEE), POOL: (0, 5 * SOL), HERS: (RENT, RENT)},
        tokens=((token_balance(HERS, ALICE, MSOL, 0, 9),), (token_balance(HERS, ALICE, MSOL, 4 * SOL, 9),)),
        calls=((call(STAKE_POOL, b"\x0e"), (call(TOKEN, depth=2),)),),
    )
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.STAKE, {"SOL": 5 * SOL}, {MSOL: 4 * SOL})


def test_one_indivisible_piece_for_sol_is_an_nft_trade() -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (0, 5 * SOL), HERS: (RENT, RENT), HIS: (RENT, RENT)},
        tokens=(
            (token_balance(HIS, BOB, MINT, 1, 0), token_balance(HERS, ALICE, MINT, 0, 0)),
            (token_balance(HIS, BOB, MINT, 0, 0), token_balance(HERS, ALICE, MINT, 1, 0)),
        ),
        calls=((call(MAGIC_EDEN), (call(TOKEN, depth=2),)),),
    )
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.NFT_TRADE, {"SOL": 5 * SOL}, {MINT: 1})


def _fill() -> dict[str, Any]:
    """A keeper fills Alice's order: 100 USDC from its account, 7 tokens to Alice, 1 to the runner."""
    keeper, order, runner, fees = address("keeper"), address("order"), address("runner"), address("fees")
    sample = transaction(
        {
            keeper: (SOL, SOL - FEE),
            ALICE: (SOL, SOL),
            order: (SOL, SOL),
            runner: (SOL, SOL),
            HERS: (RENT, RENT),
            HER_OTHER: (RENT, RENT),
            fees: (RENT, RENT),
            HIS: (RENT, RENT),
            VAULT: (RENT, RENT),
        },
        tokens=(
            (
                token_balance(HER_OTHER, order, USDC, 100),
                token_balance(HERS, ALICE, MINT, 0),
                token_balance(fees, runner, MINT, 0),
                token_balance(HIS, POOL, MINT, 9),
                token_balance(VAULT, POOL, USDC, 0),
            ),
            (
                token_balance(HER_OTHER, order, USDC, 0),
                token_balance(HERS, ALICE, MINT, 7),
                token_balance(fees, runner, MINT, 1),
                token_balance(HIS, POOL, MINT, 1),
                token_balance(VAULT, POOL, USDC, 100),
            ),
        ),
        calls=((call(LIMIT), (call(TOKEN, depth=2),)),),
    )
    sample["transaction"]["message"]["instructions"][0]["accounts"] = [0, 1, 2, 3]
    return sample


@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_a_filled_order_is_the_trade_of_whoever_placed_it(form: Any) -> None:
    filled = _of(form(_fill()), ALICE)
    assert (_kind_and_amounts(filled), _amounts(filled.from_order)) == (
        (Kind.BUY, {}, {MINT: 7}),
        {USDC: 100},
    )
    assert _of(form(_fill()), address("runner")).kind is Kind.TRANSFER_IN


def test_a_signer_of_whom_nothing_moved_has_an_activity_and_a_bystander_has_none() -> None:
    transaction_ = read_transaction(samples.raw(_exchange(USDC, MINT)))
    assert activities(transaction_, chain="solana", wallets={TOKEN}) == []
    sample = read_transaction(samples.raw(transaction({ALICE: (SOL, SOL - FEE)})))
    (nothing,) = activities(sample, chain="solana", wallets=None)
    assert (_kind_and_amounts(nothing), nothing.fee) == ((Kind.OTHER, {}, {}), FEE)


def test_a_failed_transaction_is_no_activity() -> None:
    sample = _exchange(USDC, MINT)
    sample["meta"]["err"] = {"InstructionError": [0, "Custom"]}
    assert activities(read_transaction(samples.raw(sample)), chain="solana", wallets=None) == []


def test_profit_of_a_round_trip_through_venues_is_neither_trade_nor_transfer() -> None:
    sample = transaction(
        {ALICE: (SOL, 2 * SOL - FEE), POOL: (5 * SOL, 4 * SOL)},
        calls=((call(samples.JUPITER), (call(samples.WHIRLPOOL, depth=2), call(TOKEN, depth=3))),),
    )
    assert _kind_and_amounts(_of(sample, ALICE)) == (Kind.OTHER, {}, {"SOL": SOL})
