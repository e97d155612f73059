"""What of a block names watched wallets, found without decoding: the same as decoding finds.
The first check of transactions: a no is certain, whatever the encoding.
"""

import json
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from chain.blocks.block import read_block
from chain.blocks.decoding import block_activities
from chain.blocks.matching import (
    matched_block,
    may_mention,
    mentioned_in,
    mentioned_wallets,
    positions_that_may_mention,
    read_mentions,
)
from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.activities import activities, mentioned
from chain.parsing.transaction import read_transaction
from domain.errors import Undecodable
from tests.chain import recorded, samples
from tests.chain.made_blocks import TRADER, block, somebody_elses

FIRST, SECOND = samples.address("first"), samples.address("second")
FORMS = [dict, samples.as_base64, samples.as_parsed]
STRANGER = samples.address("stranger")


def _raw_block(*transactions: Any) -> bytes:
    return samples.raw(block(*transactions))


@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_it_gives_position_and_wallets_in_every_encoding(form: Any) -> None:
    found = matched_block(_raw_block(form(somebody_elses()), form(samples.swap())), WatchedWallets([TRADER]))
    assert (found.parent_slot, found.block_time) == (8, 99)
    assert [(match.position, match.wallets) for match in found.matches] == [(1, (TRADER,))]
    assert found.unreadable == []


def test_what_cannot_be_read_is_reported_and_stops_nothing() -> None:
    broken = {"transaction": {"signatures": ["sig"], "message": 7}, "meta": None}
    found = matched_block(_raw_block(broken, samples.swap()), WatchedWallets([TRADER]))
    assert [match.position for match in found.matches] == [1]
    ((bad),) = found.unreadable
    assert (bad.position, bad.signature) == (0, "sig")


def test_what_is_no_block_is_refused() -> None:
    with pytest.raises(Undecodable):
        matched_block(b'{"no": "block"}', WatchedWallets())


def test_the_wallets_of_one_transaction_are_found_and_none_of_a_failed_one() -> None:
    watched = WatchedWallets([TRADER])
    sample = samples.swap()
    assert mentioned_wallets(samples.raw(sample), watched) == (TRADER,)
    sample["meta"]["err"] = {"InstructionError": [0, "Custom"]}
    assert mentioned_wallets(samples.raw(sample), watched) == ()


@pytest.mark.ledger
@pytest.mark.skipif(not recorded.LEDGER.is_dir(), reason="no recorded chain data in ../shared/ledger")
def test_of_recorded_blocks_it_keeps_all_that_decoding_finds() -> None:
    for slot, raw in recorded.blocks().items():
        every = block_activities(raw, slot=int(slot), chain="solana", watched=None)
        wallets = sorted({one.wallet for one in every.activities})[::7]
        watched = WatchedWallets(wallets)
        whole = block_activities(raw, slot=int(slot), chain="solana", watched=watched)
        matched = matched_block(raw, watched)
        apart = [one for match in matched.matches for one in _decoded(match.raw, match.wallets, int(slot))]
        assert {(one.signature, one.wallet) for one in apart} == {
            (one.signature, one.wallet) for one in whole.activities
        }
        assert len(apart) == len(whole.activities)


def _decoded(raw: Raw, wallets: tuple[str, ...], slot: int) -> Any:
    return activities(read_transaction(raw, slot=slot), chain="solana", wallets=frozenset(wallets))


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


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("holder", [set, WatchedWallets])
def test_of_many_transactions_those_are_found_that_may_mention_a_wallet(form: Any, holder: Any) -> None:
    owned, loaded = samples.swap(), somebody_elses()
    owned["meta"]["preTokenBalances"][0]["owner"] = FIRST
    loaded["meta"]["loadedAddresses"] = {"writable": [], "readonly": [SECOND]}
    every = [somebody_elses(), samples.swap(), somebody_elses(), owned, loaded, somebody_elses()]
    transactions = [read_mentions(_raw(form(one))) for one in every]
    assert positions_that_may_mention(transactions, holder([STRANGER])) == set()
    assert positions_that_may_mention(transactions, holder([TRADER])) == {1, 3}
    assert positions_that_may_mention(transactions, holder([FIRST, STRANGER])) == {3}
    assert positions_that_may_mention(transactions, holder([SECOND])) >= ({4} if form is dict else set())
    assert positions_that_may_mention([], holder([TRADER])) == set()


def test_a_transaction_whose_binary_keys_cannot_be_found_is_among_them() -> None:
    broken = read_mentions(_raw({"transaction": ["AQID", "base64"], "meta": None}))
    whole = read_mentions(_raw(samples.as_base64(samples.swap())))
    assert positions_that_may_mention([whole, broken, whole], WatchedWallets([STRANGER])) == {1}
    assert positions_that_may_mention([broken, whole], WatchedWallets([TRADER])) == {0, 1}


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

    def test_one_look_at_a_block_finds_what_a_look_at_each_transaction_finds(self) -> None:
        for raw in list(recorded.blocks().values())[:6]:
            mentions = [read_mentions(one) for one in read_block(raw).transactions]
            some = [read_transaction(one) for one in read_block(raw).transactions[::80]]
            wallets = [key for one in some for key in one.keys[:1] if not key.startswith("?")]
            watched = WatchedWallets([*wallets, STRANGER])
            each = {position for position, one in enumerate(mentions) if may_mention([one], watched)}
            assert positions_that_may_mention(mentions, watched) == each

    def test_recorded_answers_are_transactions(self) -> None:
        for raw in list(recorded.transactions().values())[::20]:
            whole = json.loads(raw)
            result = whole.get("result", whole)
            assert read_mentions(_raw(result)).transaction
