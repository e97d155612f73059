"""The first line of a message about many events."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.tokens.token_trades import TokenTraded
from messaging.telegram.escaping import plain
from messaging.telegram.texts.gist import (
    MAX_GIST,
    EventGroup,
    counted,
    event_group,
    gist,
    noun,
    total_worth,
    totals,
    worth,
)

MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB26"


def several(
    who: str, number: int, sort: str = "buy", token: str = "TITHE", *, sol: int | None = 1
) -> EventGroup:
    lamports = None if sol is None else sol * 10**9
    return EventGroup(who=who, subject=who, sort=sort, token=token, number=number, lamports=lamports)


def test_trades_are_named_by_wallet_kind_and_token_exits_first() -> None:
    event_groups = [several("Ahab", 1), several("Bela", 4, "sell", "KRILL"), several("Ahab", 2)]
    assert (
        f"📚 {noun(event_groups)}: {gist(event_groups)}"
        == "📚 7 trades: Bela 4 sells KRILL, Ahab 3 buys TITHE"
    )


def test_the_largest_come_first_and_one_wallet_is_named_once_in_a_row() -> None:
    event_groups = [several("Ahab", 9, sol=1), several("Cora", 1, sol=80), several("Cora", 1, "swap", sol=50)]
    assert gist(event_groups) == "Cora 1 buy TITHE, 1 swap TITHE, Ahab 9 buys TITHE"


def test_an_exit_is_a_trade_of_its_own_sort_before_larger_sales() -> None:
    activity = Activity(
        chain="solana",
        signature="s",
        slot=1,
        block_time=None,
        wallet="Bela",
        kind=Kind.SELL,
        paid=(Leg(mint=MINT, raw=5, decimals=0),),
        received=(Leg(mint=SOL, raw=7, decimals=9),),
        token_before=5,
        token_after=0,
    )
    event_groups = [
        several("Bela", 2, "sell", "KRILL", sol=90),
        event_group(activity, "Bela", {MINT: "KRILL"}),
    ]
    assert (noun(event_groups), gist(event_groups)) == ("3 trades", "Bela 1 full exit KRILL, 2 sells KRILL")


def test_what_does_not_fit_a_notification_is_counted() -> None:
    event_groups = [several(f"A whale of a long name {number}", number) for number in range(1, 9)]
    text = gist(event_groups)
    assert len(text) <= MAX_GIST + len(" and 99 more")
    assert text.endswith(" and 21 more")


def test_two_wallets_of_one_name_are_two() -> None:
    event_groups = [
        EventGroup(who="Ahab", subject="a", sort="buy"),
        EventGroup(who="Ahab", subject="b", sort="buy"),
    ]
    assert gist(event_groups) == "Ahab 1 buy, Ahab 1 buy"


def test_what_is_no_trade_is_an_event() -> None:
    event_groups = [several("Ahab", 1), several("Ahab", 1, Kind.TRANSFER_OUT.value, "")]
    assert noun(event_groups) == "2 events"
    assert noun(event_groups[1:]) == "1 event"
    assert "1 transfer out" in gist(event_groups)


def test_each_kind_has_a_singular_and_a_plural() -> None:
    assert counted("buy", 1) == "1 buy"
    assert counted("transfer_in", 2) == "2 transfers in"
    assert counted("liquidity_add", 1_000) == "1,000 times liquidity added"
    for kind in Kind:
        assert "_" not in counted(kind.value, 2)


def test_totals_hold_each_kind_with_its_sol_as_far_as_it_is_known() -> None:
    event_groups = [several("Ahab", 9, sol=2), several("Bela", 2, "sell"), several("Cora", 5, sol=None)]
    assert totals(event_groups) == "2 sells (1 SOL), 14 buys (2+ SOL)"
    assert totals([several("Ahab", 2, sol=0)]) == "2 buys"


def test_an_event_counts_what_it_moved_in_sol_and_its_symbol_is_harmless() -> None:
    activity = Activity(
        chain="solana",
        signature="s",
        slot=1,
        block_time=None,
        wallet="w" * 40,
        kind=Kind.SELL,
        paid=(Leg(mint=MINT, raw=5, decimals=0),),
        received=(Leg(mint=SOL, raw=7, decimals=9), Leg(mint=SOL, raw=3, decimals=9)),
    )
    one = event_group(activity, "<Moby>", {MINT: "<b>X"})
    assert (one.lamports, one.sort, one.number) == (10, "sell", 1)
    assert gist([one]) == "&lt;Moby&gt; 1 sell &lt;b&gt;X"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 50), st.sampled_from(["buy", "sell", "mint"])))
)
def test_every_event_is_counted_once(drawn: list[tuple[str, int, str]]) -> None:
    event_groups = [several(who, number, sort) for who, number, sort in drawn]
    words = plain(gist(event_groups)).replace(",", "").split()
    assert sum(int(word) for word in words if word.isdigit()) == sum(one.number for one in event_groups)


def moved(wallet: str, kind: Kind, counterparty: str | None = None) -> Activity:
    leg = (Leg(mint=MINT, raw=5, decimals=0),)
    is_in = kind is Kind.TRANSFER_IN
    return Activity(
        chain="solana",
        signature="s",
        slot=1,
        block_time=None,
        wallet=wallet,
        kind=kind,
        paid=() if is_in else leg,
        received=leg if is_in else (),
        counterparty=counterparty,
    )


def test_what_one_sent_and_another_received_is_one_movement() -> None:
    market = MarketFacts(usd=Decimal(900))
    both = [(moved("a", Kind.TRANSFER_OUT, "b"), market), (moved("b", Kind.TRANSFER_IN, "a"), market)]
    assert total_worth(both).words() == "$900"
    assert total_worth([both[0], (moved("c", Kind.TRANSFER_IN, "a"), market)]).words() == "$1,800"


def test_a_trade_that_two_alerts_report_is_one_movement_and_has_its_own_dollars() -> None:
    bought = moved("a", Kind.SELL)
    traded = TokenTraded(chain="solana", mint=MINT, activity=bought, usd=Decimal(700))
    assert worth(traded, NO_MARKET) == 700
    assert total_worth([(bought, NO_MARKET), (traded, NO_MARKET)]).words() == "$700"
    assert total_worth([(traded, NO_MARKET), (bought, NO_MARKET)]).words() == "$700"


def test_events_that_are_only_counted_have_unknown_dollars() -> None:
    assert total_worth([(None, NO_MARKET)]).words() == ""
    known = (moved("a", Kind.SELL), MarketFacts(usd=Decimal(5)))
    assert total_worth([known, (None, NO_MARKET)]).words() == "at least $5"


def test_among_exits_and_among_others_the_most_dollars_come_first() -> None:
    stable = EventGroup(who="Dora", subject="d", sort="buy", usd=Decimal(90_000), lamports=0)
    assert gist([several("Ahab", 1, sol=50), stable]) == "Dora 1 buy, Ahab 1 buy TITHE"
