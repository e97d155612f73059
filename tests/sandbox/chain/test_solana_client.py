"""The `solana` package's own clients understand everything that the local chain says."""

from __future__ import annotations

from typing import Any

import pytest
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Confirmed, Finalized, Processed
from solana.rpc.core import RPCException
from solana.rpc.models import TokenAccountOpts, TxOpts
from solana.rpc.websocket_api import SolanaWsClient
from solders.rpc.config import (
    RpcBlockSubscribeFilterMentions,
    RpcTransactionLogsFilter,
    RpcTransactionLogsFilterMentions,
)
from solders.rpc.responses import (
    AccountNotification,
    BlockNotification,
    LogsNotification,
    SlotNotification,
)
from solders.signature import Signature
from solders.transaction_status import TransactionConfirmationStatus

from sandbox.chain.encodings.tokens import TOKEN
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.wallets import SOL, TokenIssuer, key, pay, signed

pytestmark = pytest.mark.enable_socket


async def test_it_reads_the_clock_of_the_chain(local: SandboxChain, client: AsyncClient) -> None:
    for _ in range(6):
        await local.step()
    assert await client.is_connected()
    assert (await client.get_version()).value.solana_core == "4.2.2"
    assert (await client.get_genesis_hash()).value == local.chain.genesis
    assert (await client.get_slot(Processed)).value == 1_006
    assert (await client.get_slot(Confirmed)).value == 1_005
    assert (await client.get_slot(Finalized)).value == 1_002
    assert (await client.get_block_height(Processed)).value == 1_006
    assert (await client.get_epoch_info(Processed)).value.absolute_slot == 1_006
    latest = (await client.get_latest_blockhash(Processed)).value
    assert latest.blockhash == local.chain.latest_blockhash()
    assert latest.last_valid_block_height == 1_156
    assert (await client.get_blocks(1_001, 1_004)).value == [1_001, 1_002]
    assert (await client.get_block_time(1_001)).value == 1_700_000_000
    assert (await client.get_minimum_balance_for_rent_exemption(165)).value == 1_488_440


@pytest.mark.parametrize("version", [None, 0, 1])
async def test_it_sends_a_transaction_and_reads_it_back(
    local: SandboxChain, client: AsyncClient, version: int | None
) -> None:
    alice, bob = key(1), key(2).pubkey()
    await client.request_airdrop(alice.pubkey(), 3 * SOL)
    await local.step()
    tx = signed(local.api, [alice], pay(alice, bob, SOL), version=version)
    sent = await client.send_transaction(tx)
    await local.step()
    await local.step()
    found = (await client.get_transaction(sent.value, "json", Confirmed, 1)).value
    assert found is not None
    assert found.slot == 1_002
    meta = found.transaction.meta
    assert meta is not None
    assert meta.err is None
    assert meta.post_balances == [2 * SOL - 5_000, SOL, 1]
    (status,) = (await client.get_signature_statuses([sent.value])).value
    assert status is not None
    assert status.confirmation_status == TransactionConfirmationStatus.Confirmed
    listed = (await client.get_signatures_for_address(bob, commitment=Confirmed)).value
    assert [one.signature for one in listed] == [sent.value]
    block = (await client.get_block(1_002, "base64", 1, commitment=Confirmed)).value
    assert block is not None
    assert block.block_height == 1_002
    assert block.transactions is not None
    assert len(block.transactions) == 1


async def test_preflight_says_why_a_transaction_would_fail(local: SandboxChain, client: AsyncClient) -> None:
    await client.request_airdrop(key(1).pubkey(), SOL)
    await local.step()
    costly = signed(local.api, [key(1)], pay(key(1), key(2).pubkey(), 5 * SOL))
    with pytest.raises(RPCException, match="custom program error: 0x1"):
        await client.send_transaction(costly)
    sent = await client.send_transaction(costly, opts=TxOpts(skip_preflight=True))
    await local.step()
    (status,) = (await client.get_signature_statuses([sent.value])).value
    assert status is not None
    assert status.err is not None


async def test_it_reads_accounts_and_tokens(local: SandboxChain, client: AsyncClient) -> None:
    issuer, owner = TokenIssuer(local.chain), key(1).pubkey()
    issuer.open_mint()
    issuer.give(owner, 1_500_000)
    await local.step()
    mint, commitment = issuer.mint.pubkey(), Processed
    assert (await client.get_balance(issuer.issuer.pubkey(), commitment)).value > 9 * SOL
    raw = (await client.get_account_info(mint, commitment)).value
    assert raw is not None
    assert len(raw.data) == 82
    both = (await client.get_multiple_accounts([mint, key(50).pubkey()], commitment)).value
    assert [one is None for one in both] == [False, True]
    supply = (await client.get_token_supply(mint, commitment)).value
    assert supply.amount == "1500000"
    (max_bytes,) = (await client.get_token_largest_accounts(mint, commitment)).value
    assert max_bytes.address == issuer.account_of(owner)
    by_mint = TokenAccountOpts(mint=mint)
    (parsed,) = (await client.get_token_accounts_by_owner_json_parsed(owner, by_mint, commitment)).value
    content: Any = parsed.account.data.parsed
    assert content["info"]["tokenAmount"]["uiAmountString"] == "1.5"
    by_program = TokenAccountOpts(program_id=TOKEN)
    (plain,) = (await client.get_token_accounts_by_owner(owner, by_program, commitment)).value
    assert plain.pubkey == issuer.account_of(owner)


async def test_it_hears_slots_logs_accounts_and_blocks(local: SandboxChain) -> None:
    alice, bob = key(1), key(2).pubkey()
    async with SolanaWsClient(local.ws_url) as stream:
        mentions = RpcTransactionLogsFilterMentions(bob)
        await stream.logs_subscribe(filter_=mentions, commitment=Processed)
        await stream.account_subscribe(pubkey=bob, commitment=Processed, encoding="base64")
        await stream.block_subscribe(
            filter_=RpcBlockSubscribeFilterMentions(bob),
            commitment=Confirmed,
            encoding="base64",
            max_supported_transaction_version=1,
        )
        slots = await stream.slot_subscribe()
        local.chain.airdrop(alice.pubkey(), 3 * SOL)
        signature = local.chain.send(signed(local.api, [alice], pay(alice, bob, SOL)))
        await local.step()
        await local.step()
        heard = [await stream.recv() for _ in range(5)]
        by_kind = {type(one): one for one in heard}
        logs, account = by_kind[LogsNotification], by_kind[AccountNotification]
        assert isinstance(logs, LogsNotification)
        assert logs.result.value.signature == signature
        assert isinstance(account, AccountNotification)
        assert account.result.value.lamports == SOL
        block = by_kind[BlockNotification]
        assert isinstance(block, BlockNotification)
        assert block.result.value.slot == 1_001
        assert isinstance(by_kind[SlotNotification], SlotNotification)
        await stream.unsubscribe(slots)


async def test_it_hears_all_logs(local: SandboxChain) -> None:
    async with SolanaWsClient(local.ws_url) as stream:
        await stream.logs_subscribe(filter_=RpcTransactionLogsFilter.All, commitment=Processed)
        signature = local.chain.airdrop(key(1).pubkey(), SOL)
        await local.step()
        heard = await stream.recv()
        assert isinstance(heard, LogsNotification)
        assert isinstance(signature, Signature)
        assert heard.result.value.signature == signature
