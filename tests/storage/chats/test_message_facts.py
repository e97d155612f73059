"""What messages say beside their subject is the chat's own."""

import pytest

from storage.chats.message_facts import labels_of, other_holders
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
OTHER = "Other11111111111111111111111111111111111111"


async def test_names_are_those_of_the_chat(database: Database) -> None:
    await follow(database, ALICE, label="Ahab")
    await follow(database, BOB)
    asked = {(ALICE, 0, WHALE), (BOB, 0, WHALE), (ALICE, 0, OTHER)}
    assert await labels_of(database, chain=CHAIN, asked=asked) == {(ALICE, 0): {WHALE: "Ahab"}}


async def test_other_wallets_that_hold_a_token_are_counted_for_who_follows_them(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=OTHER)
    await follow(database, BOB)
    await happened(database, purchase(1), purchase(2, wallet=OTHER))
    await fan_out_all(database)
    asked = {(ALICE, 0, MINT, WHALE), (BOB, 0, MINT, WHALE)}
    assert await other_holders(database, chain=CHAIN, asked=asked) == {(ALICE, 0, MINT, WHALE): 1}


async def test_owners_that_only_others_follow_hide_none_of_the_chats_own(database: Database) -> None:
    for wallet in (WHALE, OTHER):
        await follow(database, ALICE, wallet=wallet)
    strangers = [f"{number:02}Str11111111111111111111111111111111111111" for number in range(60)]
    for wallet in strangers:
        await follow(database, BOB, wallet=wallet)
    await happened(database, purchase(1, wallet=OTHER))
    await fan_out_all(database)
    await happened(database, *(purchase(2 + n, wallet=wallet) for n, wallet in enumerate(strangers)))
    await fan_out_all(database)
    asked = {(ALICE, 0, MINT, WHALE), (BOB, 0, MINT, strangers[0])}
    assert await other_holders(database, chain=CHAIN, asked=asked) == {
        (ALICE, 0, MINT, WHALE): 1,
        (BOB, 0, MINT, strangers[0]): 59,
    }
