"""What a chat takes away as a file."""

import csv
import io
import json

import pytest
from msgspec import structs

from domain.chats import ChatTarget
from services.acts.exports import Exported, ExportForm, export
from services.services import Services
from services.wallet_lists import read_file
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE
from tests.storage.sample_data import fan_out_all, purchase

pytestmark = pytest.mark.services


async def follow_two(services: Services, target: ChatTarget) -> None:
    await services.chats.open(target)
    await services.watches.follow(target, WHALE, "toly․sol", by=1)
    await services.watches.follow(target, OTHER_WHALE, "=1+1", by=1)


async def test_wallets_come_back_from_both_forms_as_they_were_named(
    services: Services, target: ChatTarget
) -> None:
    await follow_two(services, target)
    for form in ExportForm:
        file = await export(services, target, Exported.WALLETS, form)
        assert file.rows == 2
        wallets = read_file(file.content, name=file.name).wallets
        assert [(one.address, one.name) for one in wallets] == [(WHALE, "toly.sol"), (OTHER_WHALE, "=1+1")]


async def test_no_cell_of_a_table_is_a_formula(services: Services, target: ChatTarget) -> None:
    await follow_two(services, target)
    file = await export(services, target, Exported.WALLETS, ExportForm.CSV)
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[1]["name"] == "'=1+1"


async def test_where_there_is_nothing_there_is_no_file(services: Services, target: ChatTarget) -> None:
    for what in Exported:
        file = await export(services, target, what, ExportForm.CSV)
        assert (file.rows, file.content) == (0, b"")


async def test_the_history_names_wallets_tokens_and_amounts(
    services: Services, target: ChatTarget, database: Database
) -> None:
    await follow_two(services, target)
    event = structs.replace(purchase(1), chain=services.chain, wallet=WHALE)
    await store(database, Batch(chain=services.chain, activities=(event,)))
    await fan_out_all(database)
    file = await export(services, target, Exported.HISTORY, ExportForm.JSON)
    (row,) = json.loads(file.content)
    assert (row["name"], row["wallet"], row["kind"]) == ("toly.sol", WHALE, "buy")
    assert row["signature"] == event.signature
    assert float(row["paid_amount"]) > 0
