from domain.activity.balances import Holding


def test_people_see_the_scaled_amount_where_a_token_has_one() -> None:
    assert Holding(mint="m", raw=7, decimals=0).displayed_raw == 7
    assert Holding(mint="m", raw=7, decimals=0, scaled=70).displayed_raw == 70
