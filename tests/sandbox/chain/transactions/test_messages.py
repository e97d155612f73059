"""Messages with lookup tables."""

from __future__ import annotations

from solders.address_lookup_table_account import (
    AddressLookupTableAccount,
)
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from sandbox.chain.node.chain import Chain
from tests.sandbox.chain.wallets import SOL, key, meta_of, pay, signed

LOOKUP_TABLES = Pubkey.from_string("AddressLookupTab1e1111111111111111111111111")


async def test_a_lookup_table_made_on_chain_can_be_used(chain: Chain, alice: Keypair) -> None:
    chain.step()
    chain.step()
    recent = chain.tip.slot
    seeds = [bytes(alice.pubkey()), recent.to_bytes(8, "little")]
    table, bump = Pubkey.find_program_address(seeds, LOOKUP_TABLES)
    chain.send(signed(chain, [alice], _create_table(alice, table, recent, bump)))
    bob = key(2).pubkey()
    chain.send(signed(chain, [alice], _extend_table(alice, table, [bob])))
    chain.step()
    known = AddressLookupTableAccount(table, [bob])
    message = MessageV0.try_compile(alice.pubkey(), [pay(alice, bob, SOL)], [known], chain.latest_blockhash())
    meta = meta_of(chain, chain.send(VersionedTransaction(message, [alice])))
    assert meta["err"] is None
    assert meta["loadedAddresses"] == {"writable": (str(bob),), "readonly": ()}
    assert meta["postBalances"][-1] == SOL


def _create_table(payer: Keypair, table: Pubkey, slot: int, bump: int) -> Instruction:
    data = (0).to_bytes(4, "little") + slot.to_bytes(8, "little") + bytes([bump])
    return Instruction(
        LOOKUP_TABLES,
        data,
        [
            AccountMeta(table, is_signer=False, is_writable=True),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=False),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=True),
            AccountMeta(Pubkey.default(), is_signer=False, is_writable=False),
        ],
    )


def _extend_table(payer: Keypair, table: Pubkey, keys: list[Pubkey]) -> Instruction:
    data = (2).to_bytes(4, "little") + len(keys).to_bytes(8, "little") + b"".join(map(bytes, keys))
    return Instruction(
        LOOKUP_TABLES,
        data,
        [
            AccountMeta(table, is_signer=False, is_writable=True),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=False),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=True),
            AccountMeta(Pubkey.default(), is_signer=False, is_writable=False),
        ],
    )
