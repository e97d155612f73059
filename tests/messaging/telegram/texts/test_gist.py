"""The first line of a message about many events."""

from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Activity, Kind, Leg
from messaging.telegram.escaping import plain
from messaging.telegram.texts.gist import MAX_GIST, Happening, counted, gist, happening, noun, totals

MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB26"


def several(
    who: str, number: int, sort: str = "buy", token: str = "TITHE", *, sol: int | None = 1
) -> Happening:
    lamports = None if sol is None else sol * 10**9
    return Happening(who=who, subject=who, sort=sort, token=token, number=number, lamports=lamports)


def test_trades_are_named_by_wallet_kind_and_token_exits_first() -> None:
    happenings = [several("Ahab", 1), several("Bela", 4, "sell", "KRILL"), several("Ahab", 2)]
    assert (
        f"📚 {noun(happenings)}: {gist(happenings)}" == "📚 7 trades: Bela 4 sells KRILL, Ahab 3 buys TITHE"
    )


def test_the_largest_come_first_and_one_wallet_is_named_once_in_a_row() -> None:
    happenings = [several("Ahab", 9, sol=1), several("Cora", 1, sol=80), several("Cora", 1, "swap", sol=50)]
    assert gist(happenings) == "Cora 1 buy TITHE, 1 swap TITHE, Ahab 9 buys TITHE"


def test_what_does_not_fit_a_notification_is_counted() -> None:
    happenings = [several(f"A whale of a long name {number}", number) for number in range(1, 9)]
    text = gist(happenings)
    assert len(text) <= MAX_GIST + len(" and 99 more")
    assert text.endswith(" and 21 more")


def test_two_wallets_of_one_name_are_two() -> None:
    happenings = [
        Happening(who="Ahab", subject="a", sort="buy"),
        Happening(who="Ahab", subject="b", sort="buy"),
    ]
    assert gist(happenings) == "Ahab 1 buy, Ahab 1 buy"


def test_what_is_no_trade_is_an_event() -> None:
    happenings = [several("Ahab", 1), several("Ahab", 1, Kind.TRANSFER_OUT.value, "")]
    assert noun(happenings) == "2 events"
    assert noun(happenings[1:]) == "1 event"
    assert "1 transfer out" in gist(happenings)


def test_each_kind_has_a_singular_and_a_plural() -> None:
    assert counted("buy", 1) == "1 buy"
    assert counted("transfer_in", 2) == "2 transfers in"
    assert counted("liquidity_add", 1_000) == "1,000 times liquidity added"
    for kind in Kind:
        assert "_" not in counted(kind.value, 2)


def test_totals_hold_each_kind_with_its_sol_as_far_as_it_is_known() -> None:
    happenings = [several("Ahab", 9, sol=2), several("Bela", 2, "sell"), several("Cora", 5, sol=None)]
    assert totals(happenings) == "2 sells (1 SOL), 14 buys (2+ SOL)"
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
    one = happening(activity, "<Moby>", {MINT: "<b>X"})
    assert (one.lamports, one.sort, one.number) == (10, "sell", 1)
    assert gist([one]) == "&lt;Moby&gt; 1 sell &lt;b&gt;X"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 50), st.sampled_from(["buy", "sell", "mint"])))
)
def test_every_event_is_counted_once(drawn: list[tuple[str, int, str]]) -> None:
    happenings = [several(who, number, sort) for who, number, sort in drawn]
    words = plain(gist(happenings)).replace(",", "").split()
    assert sum(int(word) for word in words if word.isdigit()) == sum(one.number for one in happenings)
