"""The alert of an activity says who did what, how much, of what: in its first line, and then exactly."""

import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from messaging.telegram.texts.activity import subject_mint
from messaging.telegram.texts.alert import alert_text
from sandbox.telegram.formatting.html import parse_html
from tests.messaging.telegram.alert_samples import MINT, NOW, SOLS, TOKENS, WALLET, activity, facts, lines


def test_a_buy_reads_like_this() -> None:
    assert lines(activity()) == [
        "🟢 Toly-2 bought 38,410 KRILL for 84.2 SOL",
        "84.2 SOL → 38,410.25 KRILL @ 0.002192 SOL",
        "Jupiter → Raydium · slot 341,220,118 · 14:03:07 UTC · Solscan · Explorer",
        MINT,
    ]


@pytest.mark.parametrize(
    ("of", "first"),
    [
        (
            activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,)),
            "🔴 Toly-2 sold 38,410 KRILL for 84.2 SOL",
        ),
        (activity(Kind.SWAP), "🔄 Toly-2 swapped 84.2 SOL for 38,410 KRILL"),
        (
            activity(Kind.TRANSFER_IN, paid=(), received=(SOLS,), counterparty=MINT),
            "📥 Toly-2 received 84.2 SOL from So11…1113",
        ),
        (
            activity(Kind.TRANSFER_OUT, paid=(TOKENS,), received=(), counterparty=None),
            "📤 Toly-2 sent 38,410 KRILL",
        ),
        (activity(Kind.MINT, paid=()), "🪙 Toly-2 minted 38,410 KRILL"),
        (activity(Kind.BURN, paid=(TOKENS,), received=()), "🔥 Toly-2 burned 38,410 KRILL"),
        (activity(Kind.STAKE, received=()), "🔒 Toly-2 staked 84.2 SOL"),
        (activity(Kind.UNSTAKE, paid=(), received=(SOLS,)), "🔓 Toly-2 unstaked 84.2 SOL"),
        (
            activity(Kind.LIQUIDITY_ADD, paid=(SOLS, TOKENS), received=()),
            "💧 Toly-2 added liquidity: 84.2 SOL + 38,410 KRILL",
        ),
        (
            activity(Kind.LIQUIDITY_REMOVE, paid=(), received=(SOLS,)),
            "🚰 Toly-2 removed liquidity: 84.2 SOL",
        ),
        (activity(Kind.NFT_TRADE, received=()), "🖼 Toly-2 traded an NFT · gave 84.2 SOL"),
        (activity(Kind.CREATE, paid=()), "✨ Toly-2 created a token · got 38,410 KRILL"),
        (activity(Kind.ORDER_OPEN, received=()), "🧾 Toly-2 put into an order: 84.2 SOL"),
        (activity(Kind.ORDER_CLOSE, paid=()), "↩️ Toly-2 got back from an order: 38,410 KRILL"),
        (activity(Kind.LENDING_DEPOSIT, received=()), "🏦 Toly-2 deposited into lending: 84.2 SOL"),
        (activity(Kind.LENDING_WITHDRAW, paid=()), "🏧 Toly-2 withdrew from lending: 38,410 KRILL"),
        (activity(Kind.LENDING_BORROW, paid=()), "🏦 Toly-2 borrowed 38,410 KRILL"),
        (activity(Kind.LENDING_REPAY, received=()), "🏦 Toly-2 repaid 84.2 SOL"),
        (activity(Kind.POSITION_OPEN), "🗂 Toly-2 opened a position: 84.2 SOL"),
        (activity(Kind.POSITION_CLOSE, paid=(), received=()), "🗂 Toly-2 closed a position"),
        (
            activity(Kind.TRANSFER_OUT, paid=(TOKENS,), received=(), bridge="Circle CCTP"),
            "📤 Toly-2 sent 38,410 KRILL through Circle CCTP",
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
            "🔴 Toly-2 sold 38,410 KRILL for 84.2 SOL, given to So11…1113",
        ),
        (activity(Kind.OTHER, paid=(), received=()), "❔ Toly-2 made a transaction I can't classify"),
    ],
)
def test_the_first_line_carries_the_meaning(of: Activity, first: str) -> None:
    assert lines(of)[0] == first


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_text_even_with_nothing_known(kind: Kind) -> None:
    bare = activity(kind, paid=(), received=(), route=(), venue=None)
    assert lines(bare, symbols={}, label="")[0].split(" ")[1] == "7vfC…voxs"


def test_a_sell_is_priced_in_what_came_in() -> None:
    sell = activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,))
    assert lines(sell)[1] == "38,410.25 KRILL → 84.2 SOL @ 0.002192 SOL"


def test_an_unknown_price_is_called_unknown() -> None:
    blind = Leg(mint=MINT, raw=5, decimals=None)
    assert lines(activity(received=(blind,)))[1] == (
        "84.2 SOL → 5 units (decimals unknown) of KRILL · price unknown"
    )


def test_the_time_is_an_entity_that_each_reader_sees_in_their_zone() -> None:
    kinds = {entity.type: entity for entity in parse_html(alert_text(facts(activity())))[1]}
    assert kinds["date_time"].unix_time == int(NOW.timestamp())
    assert kinds["code"].length == len(MINT)


def test_the_sandbox_has_no_links() -> None:
    assert "href" not in alert_text(facts(activity(chain="sandbox")))


def test_many_amounts_are_counted() -> None:
    assert "4 tokens" in lines(activity(paid=(TOKENS,) * 4))[0]


def test_the_buttons_are_about_the_token_and_not_about_sol() -> None:
    assert subject_mint(activity()) == MINT
    assert subject_mint(activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,))) == MINT
    assert subject_mint(activity(Kind.TRANSFER_OUT, received=())) is None


def test_rent_next_to_a_token_is_shown_exactly_but_not_in_the_first_line() -> None:
    rent = Leg(mint=SOL, raw=2_039_280, decimals=9)
    sent = lines(activity(Kind.TRANSFER_OUT, paid=(rent, TOKENS), received=(), counterparty=WALLET))
    assert sent[0] == "📤 Toly-2 sent 38,410 KRILL to 7vfC…voxs"
    assert sent[1] == "0.00203928 SOL + 38,410.25 KRILL"


def test_sol_that_is_all_there_is_stands_in_the_first_line_however_little() -> None:
    little = Leg(mint=SOL, raw=5_000, decimals=9)
    assert lines(activity(Kind.TRANSFER_IN, paid=(), received=(little,)))[0].endswith("received 0.000005 SOL")


def test_a_fill_tells_what_the_order_gave() -> None:
    filled = lines(activity(paid=(), from_order=(SOLS,)))
    assert filled[0] == "🟢 Toly-2 bought 38,410 KRILL for 84.2 SOL"
    assert filled[1] == "84.2 SOL → 38,410.25 KRILL @ 0.002192 SOL · filled by a limit order"


def test_fees_and_tips_within_the_price_are_shown() -> None:
    text_lines = lines(activity(venue_fee=842_000_000, tip=1_000_000))
    assert text_lines[1].endswith("@ 0.002192 SOL · fee 0.842 SOL · tip 0.001 SOL")


def test_venues_stand_as_they_are_called() -> None:
    assert lines(activity(route=("Photon", "Pump.fun")))[2].startswith("Photon → Pump.fun · slot")
