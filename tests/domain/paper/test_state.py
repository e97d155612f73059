"""What a campaign remembers is stored between its trades, and nothing is lost by it."""

import msgspec
import pytest
from msgspec import structs

from domain.paper.campaign import Campaign
from domain.paper.state import read_state, write_state
from domain.paper.trades import Filled, SeenTrade
from tests.domain.paper.generated import generated


@pytest.mark.parametrize("seed", range(20))
def test_a_campaign_that_is_stored_after_each_trade_comes_to_the_same(seed: int) -> None:
    plan, trades = generated(seed)
    whole = Campaign(plan)
    expected = [*whole.fold(trades)]
    filled: list[Filled] = []
    campaign = Campaign(plan)
    for trade in trades:
        campaign = Campaign(plan, read_state(write_state(campaign.state)))
        filled += campaign.see(trade)
    assert (filled, campaign.result()) == (expected, whole.result())
    assert campaign.state.tokens == whole.state.tokens


def test_what_is_claimed_of_a_price_is_stored_too() -> None:
    claims = 0
    for seed in range(20):
        plan, trades = generated(seed)
        trades = [
            one if one.price is None or number % 3 else made_up(one) for number, one in enumerate(trades)
        ]
        whole, campaign = Campaign(plan), Campaign(plan)
        for trade in trades:
            campaign = Campaign(plan, read_state(write_state(campaign.state)))
            assert campaign.see(trade) == whole.see(trade)
            claims += len(campaign.state.claims)
    assert claims > 100


def made_up(trade: SeenTrade) -> SeenTrade:
    assert trade.price is not None
    price = structs.replace(trade.price, lamports=trade.price.lamports * 3, depth=None)
    return structs.replace(trade, price=price, is_certain=False)


@pytest.mark.parametrize("text", ["{}", "[]", '{"cash":1,"peak":"x"}'])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_state(text)
