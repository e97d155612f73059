"""What the recent market of a token says in a scan."""

from collections.abc import Sequence

import pytest
from msgspec import structs

from domain.security.checks import Check, Grade, NotRead, Source, Verdict
from domain.security.market import Market, Payment, Trade
from domain.security.trading import NAMES, bump_bots, trading_checks
from domain.sentences import sentence
from tests.domain.security.markets import market_with_bot

SOURCE = Source(name="recent trades")
SUPPLY = 1_000_000


def trade(slot: int, trader: str, *, lamports: int = 100, tokens: int = 100, is_buy: bool = True) -> Trade:
    return Trade(at=slot * 0.4, slot=slot, trader=trader, is_buy=is_buy, lamports=lamports, tokens=tokens)


def crowd(traders: int = 40) -> tuple[Trade, ...]:
    return tuple(trade(200 + 37 * number, f"trader{number}") for number in range(traders))


def market(trades: tuple[Trade, ...], payments: tuple[Payment, ...] = ()) -> Market:
    return Market(mint="mint", trades=trades, payments=payments, first_slot=0)


def paid(payer: str, payee: str, lamports: int = 100) -> Payment:
    return Payment(at=0.0, slot=0, payer=payer, payee=payee, lamports=lamports)


def check(name: str, found: Market | NotRead, supply: int | None = SUPPLY) -> Check:
    return next(one for one in trading_checks(found, supply=supply, source=SOURCE) if one.name == name)


def test_a_market_that_could_not_be_read_is_unknown_in_every_check() -> None:
    checks = trading_checks(NotRead(reason=sentence("The node refuses.")), supply=SUPPLY, source=SOURCE)
    assert tuple(one.name for one in checks) == NAMES
    assert {(one.verdict, one.reason) for one in checks} == {(Verdict.UNKNOWN, "The node refuses.")}


def test_a_crowd_passes_all() -> None:
    found = market(crowd(), tuple(paid(f"friend {at}", f"trader{at}") for at in range(40)))
    assert {one.verdict for one in trading_checks(found, supply=SUPPLY, source=SOURCE)} == {Verdict.PASS}


def test_a_volume_bot_leaves_a_d_at_best_and_is_named_with_its_share() -> None:
    found = check("volume bots", market_with_bot())
    assert (found.verdict, found.at_best) == (Verdict.FAIL, Grade.D)
    assert found.reason.startswith("funder paid 6 wallets alike")
    assert "6 returned the rest: 100% of the volume" in found.reason


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (market(crowd(5), (paid("x", "trader1"),)), "Only 5 trades were seen."),
        (market(crowd()), "Who paid the traders was not seen."),
    ],
)
def test_too_little_is_unknown_and_not_clean(found: Market, reason: str) -> None:
    assert (check("volume bots", found).verdict, check("volume bots", found).reason) == (
        Verdict.UNKNOWN,
        reason,
    )


def bumps(pause: int, sizes: tuple[int, ...] = (100,)) -> tuple[Trade, ...]:
    return tuple(
        trade(400 + 50 * number + later, "bumper", lamports=sizes[number % len(sizes)], is_buy=not later)
        for number in range(12)
        for later in (0, pause)
    )


def test_one_sum_bought_and_sold_over_and_over_is_a_bump_bot() -> None:
    found = market((*crowd(), *bumps(10)))
    assert bump_bots(found) == ("bumper",)
    assert check("bump bots", found).at_best is Grade.C


def test_an_arbitrageur_and_a_trader_of_many_sizes_are_no_bump_bots() -> None:
    assert not bump_bots(market(bumps(1)))
    assert not bump_bots(market(bumps(10, (100, 200, 700))))


def bundle(tokens: int, slot: int, funder: str | None) -> Market:
    wallets = ("a", "b", "c", "d")
    bought = tuple(trade(slot, wallet, tokens=tokens) for wallet in wallets)
    payments = tuple(paid(funder or f"funder of {wallet}", wallet) for wallet in wallets)
    return market((*bought, *crowd()), payments)


@pytest.mark.parametrize(
    ("found", "verdict", "at_best"),
    [
        (bundle(100_000, 20, "one"), Verdict.FAIL, Grade.D),
        (bundle(20_000, 20, "one"), Verdict.WARN, Grade.C),
        (bundle(5_000, 20, "one"), Verdict.PASS, Grade.A),
        (bundle(100_000, 20, None), Verdict.PASS, Grade.A),
        (bundle(100_000, 0, None), Verdict.FAIL, Grade.D),
        (bundle(100_000, 151, "one"), Verdict.PASS, Grade.A),
    ],
)
def test_bundles_are_judged_by_their_part_of_the_supply(
    found: Market, verdict: Verdict, at_best: Grade
) -> None:
    answer = check("bundles", found)
    assert (answer.verdict, answer.at_best) == (verdict, at_best)


def test_snipers_are_who_buys_in_the_first_two_slots() -> None:
    early = tuple(trade(number, f"early{number}", tokens=60_000) for number in (0, 1, 2))
    found = check("snipers", market((*early, *crowd())))
    assert found.verdict is Verdict.WARN
    assert found.reason == "2 wallets took 12% of the supply within the first 2 slots."


@pytest.mark.parametrize("name", ["bundles", "snipers"])
def test_a_launch_that_was_not_reached_or_an_unknown_supply_is_unknown(name: str) -> None:
    later = Market(mint="mint", trades=crowd(), payments=())
    assert check(name, later).verdict is Verdict.UNKNOWN
    assert check(name, market(crowd()), supply=None).verdict is Verdict.UNKNOWN


def test_a_few_who_make_most_of_the_volume_are_reported() -> None:
    large = tuple(trade(300 + number, f"large{number}", lamports=10_000) for number in range(5))
    found = check("top traders", market((*large, *crowd())))
    assert found.verdict is Verdict.WARN
    assert found.reason == "The top 5 of 45 traders make 93% of the volume."


def asked(payers: Sequence[str | None]) -> Market:
    """Traders alike of whom so much is known: who paid each; None: nobody was seen to pay."""
    wallets = tuple(f"w{number}" for number in range(len(payers)))
    trades = tuple(trade(9_000 + 7**at, wallet) for at, wallet in enumerate(wallets))
    others = tuple(trade(100 * at, f"other{at}", lamports=9**at) for at in range(6))
    payments = tuple(
        paid(payer, wallet) for payer, wallet in zip(payers, wallets, strict=True) if payer is not None
    )
    return structs.replace(market((*others, *trades), payments), asked_about=wallets)


@pytest.mark.parametrize(
    ("payers", "verdict"),
    [
        (["a"] * 6, Verdict.FAIL),
        (["a", "a", "a", "b"], Verdict.UNKNOWN),
        (["a", "a", "b", "c"], Verdict.PASS),
        (["a", "b", "c", None], Verdict.UNKNOWN),
        (["a"] * 4, Verdict.UNKNOWN),
    ],
)
def test_few_trades_are_judged_by_who_paid_those_who_trade_alike(
    payers: Sequence[str | None], verdict: Verdict
) -> None:
    assert check("volume bots", asked(payers)).verdict is verdict


@pytest.mark.parametrize(
    ("payers", "verdict"),
    [
        (["a"] * 10, Verdict.UNKNOWN),
        (["a"] * 5 + ["b", "c", "d", "e", None], Verdict.UNKNOWN),
        (["a"] * 4 + ["b", "c", "d", "e", "f", "g"], Verdict.PASS),
        (["a", "a", "b", "c"], Verdict.PASS),
    ],
)
def test_many_trades_out_of_turn_are_no_crowds_where_one_wallet_paid_half_of_those_who_trade_alike(
    payers: Sequence[str | None], verdict: Verdict
) -> None:
    made = asked(payers)
    wallets = made.asked_about
    more = tuple(trade(9**9 + at * at, wallets[at * at % len(wallets)]) for at in range(30))
    parts = tuple(structs.replace(one, lamports=100 + 40 * at) for at, one in enumerate(made.payments))
    found = check("volume bots", structs.replace(made, trades=(*made.trades, *more), payments=parts))
    assert found.verdict is verdict


def test_a_few_who_trade_alike_among_many_others_make_no_volume() -> None:
    alike = tuple(trade(9_000 + at, f"w{at}") for at in range(4))
    others = tuple(trade(100 * at, f"other{at}", lamports=9**at) for at in range(4, 14))
    found = check("volume bots", market((*others, *alike)))
    assert (found.verdict, "made 29% of 14 trades" in found.reason) == (Verdict.PASS, True)
