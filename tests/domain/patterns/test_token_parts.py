"""Parts are made once for all chats."""

from hypothesis import given
from hypothesis import strategies as st

from domain.patterns.found import Pattern
from domain.patterns.sightings import Action, Sighting
from domain.patterns.together import parts
from domain.patterns.token_parts import TokenParts, steps

WALLETS = "abcdef"
SEEN = st.builds(
    lambda wallet, at, usd, action, after: Sighting(wallet, at, action, "m", usd, 100, after),
    st.sampled_from(WALLETS),
    st.integers(0, 50).map(float),
    st.sampled_from([5.0, 100.0, None]),
    st.sampled_from([Action.BUY, Action.SELL]),
    st.sampled_from([0, 50, None]),
)
SEVERAL = st.lists(SEEN, max_size=25).map(lambda trades: sorted(trades, key=lambda one: one.at))
PATTERNS = st.sampled_from([Pattern.CONFLUENCE, Pattern.LEAVING])


def with_ids(trades: list[Sighting]) -> list[tuple[int, Sighting]]:
    return [(WALLETS.index(seen.wallet), seen) for seen in trades]


@given(PATTERNS, SEVERAL, st.frozensets(st.sampled_from(WALLETS)), st.integers(0, 50))
def test_they_are_those_of_the_wallets_own_trades(
    pattern: Pattern, trades: list[Sighting], wallets: frozenset[str], since: int
) -> None:
    mine = [seen for seen in trades if seen.wallet in wallets and seen.at >= since]
    token = TokenParts(pattern, with_ids(trades))
    assert token.of(wallets, float(since)) == parts(pattern, mine) == token.of(wallets, float(since))


def test_addresses_are_those_of_who_traded() -> None:
    trades = [Sighting(wallet, 0.0, Action.BUY, "m", 100.0) for wallet in "abc"]
    assert TokenParts(Pattern.CONFLUENCE, with_ids(trades)).addresses([0, 2, 404]) == {"a", "c"}


def test_trades_of_one_token_that_lie_apart_are_several_steps_and_those_of_others_do_not_wait() -> None:
    def seen(at: float, mint: str = "m", action: Action = Action.BUY) -> Sighting:
        return Sighting("a", at, action, mint)

    first, near, far, last = seen(0.0), seen(60.0), seen(61.0), seen(900.0)
    other, sale = [seen(500.0, "n"), seen(599.0, "n")], seen(900.0, action=Action.SELL)
    mine, theirs, sold = (first.mint, first.action), ("n", Action.BUY), (sale.mint, sale.action)
    trades = [first, near, far, *other, last, sale, seen(901.0, "nobody's")]
    assert steps(trades, {mine: 60.0, theirs: 120.0, sold: 60.0}) == [
        {mine: [first, near], theirs: other, sold: [sale]},
        {mine: [far]},
        {mine: [last]},
    ]
    assert steps([], {}) == steps(trades, {}) == []


@given(SEVERAL)
def test_every_trade_is_in_one_step(trades: list[Sighting]) -> None:
    found = steps(trades, {("m", Action.BUY): 10.0, ("m", Action.SELL): 20.0})
    assert sum(len(same) for step in found for same in step.values()) == len(trades)
    for step in found:
        for (_, action), same in step.items():
            assert same[-1].at - same[0].at <= (10.0 if action is Action.BUY else 20.0)
