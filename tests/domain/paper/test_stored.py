"""A campaign as it is kept says what it came to, and whom it follows in one order."""

from msgspec import structs

from tests.messaging.telegram.paper_samples import PLAN, RESULT, campaign


def test_what_it_came_to_is_its_own_result_and_wallets_stand_in_one_order() -> None:
    found = campaign(plan=structs.replace(PLAN, wallets=frozenset("cba")))
    assert found.result is RESULT
    assert found.wallets == ("a", "b", "c")
