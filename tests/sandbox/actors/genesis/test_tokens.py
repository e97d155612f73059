"""What stands on chain after the first day."""

import struct
from collections.abc import Iterator

import pytest
from solders.pubkey import Pubkey
from spl.token.constants import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, WRAPPED_SOL_MINT

from sandbox.actors.config import TOKENS, USDC, TokenPlan
from sandbox.actors.genesis.metadata import LOOKUP_PROGRAM, METADATA_PROGRAM, metadata_address
from sandbox.actors.genesis.tokens import BURN_ADDRESS, lookup_table, treasury
from tests.sandbox.actors.running import RunningSimulation

TRANSFER_FEE, PERMANENT_DELEGATE, POINTER, METADATA = 1, 12, 18, 19
HOSTILE = next(plan for plan in TOKENS if "<b>" in plan.name)


def data_at(running: RunningSimulation, key: Pubkey, owner: Pubkey) -> bytes:
    account = running.chain.account(key)
    assert account is not None
    assert account.owner == owner
    return bytes(account.data)


def mint_of(running: RunningSimulation, symbol: str) -> bytes:
    token = running.simulation.token(symbol)
    return data_at(running, token.mint, token.program)


def extensions(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 166
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def texts(metadata: bytes) -> list[str]:
    found, at = [], 64
    for _ in range(3):
        (size,) = struct.unpack_from("<I", metadata, at)
        found.append(metadata[at + 4 : at + 4 + size].decode())
        at += 4 + size
    return found


@pytest.mark.parametrize("plan", TOKENS, ids=lambda plan: ascii(plan.symbol))
def test_each_mint_has_the_powers_of_its_plan_and_no_others(idle: RunningSimulation, plan: TokenPlan) -> None:
    data = mint_of(idle, plan.symbol)
    assert data[0] == plan.mintable
    assert data[46] == plan.freezable
    assert data[44:46] == bytes([plan.decimals, 1])
    kinds = [kind for kind, _ in extensions(data)]
    assert (TRANSFER_FEE in kinds) == bool(plan.fee_bps)
    assert (PERMANENT_DELEGATE in kinds) == plan.seizable
    assert ({POINTER, METADATA} <= set(kinds)) == plan.is_2022


def test_a_hostile_name_stands_on_chain_as_it_was_written(idle: RunningSimulation) -> None:
    metadata = dict(extensions(mint_of(idle, HOSTILE.symbol)))[METADATA]
    name, symbol, uri = texts(metadata)
    assert (name, symbol, uri) == (HOSTILE.name, HOSTILE.symbol, HOSTILE.uri)
    assert "<a href=" in name
    assert "\u202e" in name
    assert "\u200b" in symbol
    assert symbol.replace("\u200b", "") == "USDC"


def test_plain_tokens_have_their_name_where_metaplex_keeps_it(idle: RunningSimulation) -> None:
    mint = idle.simulation.token("MITTEN").mint
    data = data_at(idle, metadata_address(mint), METADATA_PROGRAM)
    assert len(data) == 679
    assert data[33:65] == bytes(mint)
    assert data[69:101].rstrip(b"\0") == b"cat in mittens"
    assert data[105:115].rstrip(b"\0") == b"MITTEN"


def test_the_dollar_stands_at_its_well_known_address(idle: RunningSimulation) -> None:
    assert str(idle.simulation.token("USDC").mint) == USDC
    assert idle.simulation.token("USDC").quote


def test_wrapped_sol_and_the_lookup_table_are_there(idle: RunningSimulation) -> None:
    assert len(data_at(idle, WRAPPED_SOL_MINT, TOKEN_PROGRAM_ID)) == 82
    table = lookup_table(1, idle.simulation.tokens)
    data = data_at(idle, table.key, LOOKUP_PROGRAM)
    assert data[56:] == b"".join(bytes(one) for one in table.addresses)


def test_pools_begin_with_the_sol_of_their_plans_and_half_of_the_supply(idle: RunningSimulation) -> None:
    for plan, token in zip(TOKENS, idle.simulation.tokens, strict=True):
        vault = data_at(idle, token.pool.vault, token.program)
        amount = int.from_bytes(vault[64:72], "little")
        assert amount == plan.supply * 10**plan.decimals // 2
        if token.pool.sol_vault is not None:
            wrapped = data_at(idle, token.pool.sol_vault, TOKEN_PROGRAM_ID)
            assert int.from_bytes(wrapped[64:72], "little") == plan.pool_lamports


def test_powers_that_were_kept_are_the_treasurys(idle: RunningSimulation) -> None:
    data = mint_of(idle, "LEVIATHAN")
    owner = bytes(treasury(1).pubkey())
    assert data[4:36] == owner
    assert data[50:82] == owner
    assert dict(extensions(data))[PERMANENT_DELEGATE] == owner
    assert idle.simulation.token("LEVIATHAN").program == TOKEN_2022_PROGRAM_ID


def test_most_of_a_token_that_nobody_got_is_burned_where_its_plan_says_so(idle: RunningSimulation) -> None:
    def amount(symbol: str, owner: Pubkey) -> int:
        account = idle.chain.account(idle.simulation.token(symbol).account_of(owner))
        return 0 if account is None else int.from_bytes(account.data[64:72], "little")

    maker = treasury(1).pubkey()
    assert amount("MITTEN", BURN_ADDRESS) > 2 * amount("MITTEN", maker) > 0
    assert amount("KRILL", BURN_ADDRESS) == 0
