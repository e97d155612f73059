"""The first line of an alert says who did what, how much, of what; in dollars where they are known."""

from decimal import Decimal

import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import MarketFacts
from messaging.telegram.texts.headlines import subject_mint
from tests.messaging.telegram.alert_samples import MINT, SOLS, TOKENS, activity, lines

WORTH = MarketFacts(usd=Decimal("15912.34"))


@pytest.mark.parametrize(
    ("of", "first"),
    [
        (
            activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,)),
            "🔴 Toly-2 sold 38.4K KRILL for 84.2 SOL",
        ),
        (activity(Kind.SWAP), "🔄 Toly-2 swapped 84.2 SOL for 38.4K KRILL"),
        (
            activity(Kind.TRANSFER_IN, paid=(), received=(SOLS,), counterparty=MINT),
            "📥 Toly-2 received 84.2 SOL from So11…1113",
        ),
        (
            activity(Kind.TRANSFER_OUT, paid=(TOKENS,), received=(), counterparty=None),
            "📤 Toly-2 sent 38.4K KRILL",
        ),
        (activity(Kind.MINT, paid=()), "🪙 Toly-2 minted 38.4K KRILL"),
        (activity(Kind.BURN, paid=(TOKENS,), received=()), "🔥 Toly-2 burned 38.4K KRILL"),
        (activity(Kind.STAKE, received=()), "🔒 Toly-2 staked 84.2 SOL"),
        (activity(Kind.UNSTAKE, paid=(), received=(SOLS,)), "🔓 Toly-2 unstaked 84.2 SOL"),
        (
            activity(Kind.LIQUIDITY_ADD, paid=(SOLS, TOKENS), received=()),
            "💧 Toly-2 added liquidity: 84.2 SOL + 38.4K KRILL",
        ),
        (
            activity(Kind.LIQUIDITY_REMOVE, paid=(), received=(SOLS,)),
            "🚰 Toly-2 removed liquidity: 84.2 SOL",
        ),
        (activity(Kind.NFT_TRADE, received=()), "🖼 Toly-2 traded an NFT · gave 84.2 SOL"),
        (activity(Kind.CREATE, paid=()), "✨ Toly-2 created a token · got 38.4K KRILL"),
        (activity(Kind.ORDER_OPEN, received=()), "🧾 Toly-2 put into an order: 84.2 SOL"),
        (activity(Kind.ORDER_CLOSE, paid=()), "↩️ Toly-2 got back from an order: 38.4K KRILL"),
        (activity(Kind.LENDING_DEPOSIT, received=()), "🏦 Toly-2 deposited into lending: 84.2 SOL"),
        (activity(Kind.LENDING_WITHDRAW, paid=()), "🏧 Toly-2 withdrew from lending: 38.4K KRILL"),
        (activity(Kind.LENDING_BORROW, paid=()), "🏦 Toly-2 borrowed 38.4K KRILL"),
        (activity(Kind.LENDING_REPAY, received=()), "🏦 Toly-2 repaid 84.2 SOL"),
        (activity(Kind.POSITION_OPEN), "🗂 Toly-2 opened a position: 84.2 SOL"),
        (activity(Kind.POSITION_CLOSE, paid=(), received=()), "🗂 Toly-2 closed a position"),
        (
            activity(Kind.TRANSFER_OUT, paid=(TOKENS,), received=(), bridge="Circle CCTP"),
            "📤 Toly-2 sent 38.4K KRILL through Circle CCTP",
        ),
        (
            activity(
                Kind.SELL,
                paid=(TOKENS,),
                received=(),
                elsewhere=(SOLS,),
                elsewhere_to=MINT,
                counterparty=None,
            ),
            "🔴 Toly-2 sold 38.4K KRILL for 84.2 SOL, given to So11…1113",
        ),
        (activity(Kind.OTHER, paid=(), received=()), "❔ Toly-2 made a transaction of an unknown kind"),
    ],
)
def test_the_first_line_carries_the_meaning(of: Activity, first: str) -> None:
    assert lines(of)[0] == first


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_text_even_with_nothing_known(kind: Kind) -> None:
    bare = activity(kind, paid=(), received=(), route=(), venue=None)
    assert lines(bare, symbols={}, label="")[0].split(" ")[1] == "7vfC…voxs"


def test_many_amounts_are_counted() -> None:
    assert "4 tokens" in lines(activity(paid=(TOKENS,) * 4))[0]


def test_the_buttons_are_about_the_token_and_not_about_sol() -> None:
    assert subject_mint(activity()) == MINT
    assert subject_mint(activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,))) == MINT
    assert subject_mint(activity(Kind.TRANSFER_OUT, received=())) is None
    of_order = activity(
        Kind.SELL, paid=(), from_order=(TOKENS,), received=(Leg(mint="dollar", raw=1, decimals=6),)
    )
    assert subject_mint(of_order) == MINT


def test_sol_that_is_all_there_is_stands_in_the_first_line_however_little() -> None:
    little = Leg(mint=SOL, raw=5_000, decimals=9)
    assert lines(activity(Kind.TRANSFER_IN, paid=(), received=(little,)))[0].endswith("received 0.000005 SOL")


@pytest.mark.parametrize(
    ("of", "first"),
    [
        (activity(), "🟢 Toly-2 bought $15.9K of KRILL"),
        (activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,)), "🔴 Toly-2 sold $15.9K of KRILL"),
        (
            activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,), token_before=9, token_after=0),
            "🔴 Toly-2 sold ALL KRILL for $15.9K",
        ),
        (activity(Kind.SWAP), "🔄 Toly-2 swapped 84.2 SOL for 38.4K KRILL ($15.9K)"),
        (
            activity(Kind.TRANSFER_IN, paid=(), received=(SOLS,), counterparty=MINT),
            "📥 Toly-2 received 84.2 SOL ($15.9K) from So11…1113",
        ),
        (activity(received=(TOKENS, SOLS)), "🟢 Toly-2 bought 38.4K KRILL + 84.2 SOL for 84.2 SOL"),
    ],
)
def test_the_first_line_is_in_dollars_where_they_are_known(of: Activity, first: str) -> None:
    assert lines(of, market=WORTH)[0] == first


def test_a_full_exit_is_named_without_dollars_too() -> None:
    sold = activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,), token_before=9, token_after=0)
    assert lines(sold)[0] == "🔴 Toly-2 sold ALL 38.4K KRILL for 84.2 SOL"
