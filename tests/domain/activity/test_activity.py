from domain.activity.activity import SOL, TRADES, Kind, Leg


def test_people_see_the_scaled_amount_where_a_token_has_one() -> None:
    assert Leg(mint="m", raw=5, decimals=0).displayed_raw == 5
    assert Leg(mint="m", raw=5, decimals=0, scaled=50).displayed_raw == 50
    assert Leg(mint=SOL, raw=5, decimals=9, scaled=0).displayed_raw == 0


def test_trades_are_buys_sells_and_swaps() -> None:
    assert {Kind.BUY, Kind.SELL, Kind.SWAP} <= TRADES
    assert Kind.TRANSFER_IN not in TRADES
