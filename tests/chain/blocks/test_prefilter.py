"""The first look at transactions: a no is certain, whatever the encoding."""

import json
from typing import Any

import msgspec
import pytest

from chain.blocks.block import read_block
from chain.blocks.prefilter import may_mention, mentioned_in, read_mentions
from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.activities import mentioned
from chain.parsing.transaction import read_transaction
from domain.errors import Undecodable
from tests.chain import recorded, samples
from tests.chain.made_blocks import TRADER

FORMS = [dict, samples.as_base64, samples.as_parsed]
STRANGER = samples.address("stranger")


def _raw(sample: Any) -> msgspec.Raw:
    return msgspec.Raw(samples.raw(sample))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("holder", [set, WatchedWallets])
def test_an_account_is_mentioned_and_a_stranger_is_not(form: Any, holder: Any) -> None:
    mentions = read_mentions(_raw(form(samples.swap())))
    assert may_mention([mentions], holder([TRADER, STRANGER]))
    assert not may_mention([mentions], holder([STRANGER]))


@pytest.mark.parametrize("form", FORMS)
def test_the_owner_of_a_token_account_is_mentioned(form: Any) -> None:
    sample = samples.swap()
    owner = samples.address("owner of nothing but a token account")
    sample["meta"]["preTokenBalances"][0]["owner"] = owner
    assert may_mention([read_mentions(_raw(form(sample)))], WatchedWallets([owner]))


def test_a_key_of_a_look_up_table_is_mentioned() -> None:
    sample = samples.swap()
    loaded = samples.address("loaded")
    sample["meta"]["loadedAddresses"] = {"writable": [], "readonly": [loaded]}
    assert may_mention([read_mentions(_raw(sample))], WatchedWallets([loaded]))


def test_keys_without_a_message_are_read_where_only_accounts_were_asked_for() -> None:
    sample = {"transaction": {"accountKeys": [{"pubkey": TRADER, "signer": True}]}, "meta": None}
    assert mentioned_in(read_mentions(_raw(sample)), WatchedWallets([TRADER])) == (TRADER,)


def test_binary_keys_that_cannot_be_found_may_be_anybodys() -> None:
    broken = read_mentions(_raw({"transaction": ["AQID", "base64"], "meta": None}))
    assert may_mention([broken], WatchedWallets([STRANGER]))


def test_the_mentioned_wallets_are_named_in_json_and_left_open_in_binary() -> None:
    watched = WatchedWallets([TRADER, STRANGER])
    assert mentioned_in(read_mentions(_raw(samples.swap())), watched) == (TRADER,)
    assert mentioned_in(read_mentions(_raw(samples.as_base64(samples.swap()))), watched) is None
    nobody = WatchedWallets([STRANGER])
    assert mentioned_in(read_mentions(_raw(samples.as_base64(samples.swap()))), nobody) == ()


@pytest.mark.parametrize("raw", [b"17", b"{}", b'{"transaction":7}', b"["])
def test_what_is_no_transaction_is_undecodable(raw: bytes) -> None:
    with pytest.raises(Undecodable):
        read_mentions(msgspec.Raw(raw))


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_whoever_reading_finds_may_be_mentioned(self) -> None:
        for raw in recorded.blocks().values():
            for one in read_block(raw).transactions[:100]:
                transaction = read_transaction(one)
                named = [key for key in transaction.keys if not key.startswith("?")]
                for wallet in mentioned(transaction, frozenset(named))[::9]:
                    assert may_mention([read_mentions(one)], WatchedWallets([wallet]))

    def test_recorded_answers_are_transactions(self) -> None:
        for raw in list(recorded.transactions().values())[::20]:
            whole = json.loads(raw)
            result = whole.get("result", whole)
            assert read_mentions(_raw(result)).transaction
