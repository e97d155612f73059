"""What instructions say they do, in a few verbs. Amounts are never read here: balances tell them. Pure.

Sources: the token program's instruction list (spl-token `instruction.rs`), the stake program's
(`solana_stake_interface::instruction`), the stake pool's (spl-stake-pool `instruction.rs`), Raydium
AMM v4's and token-swap's tags, and Anchor's rule that an instruction begins with the first eight
bytes of SHA-256 of `global:` and its name.
"""

import hashlib
from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

import base58
import msgspec

from chain.programs import PROGRAMS, Role
from chain.transaction import Call, Transaction


class Verb(Enum):
    """What an instruction does, as far as it helps to tell what a wallet did."""

    MINT = auto()
    BURN = auto()
    ADD = auto()
    """Liquidity is put into a pool."""
    REMOVE = auto()
    """Liquidity, or what it earned, is taken out of a pool."""
    STAKE = auto()
    UNSTAKE = auto()
    CREATE = auto()
    """A token, a collection or a pool is made."""
    SWAP = auto()


_TOKEN_PROGRAMS: Final = frozenset(
    {"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"}
)
_STAKE_PROGRAM: Final = "Stake11111111111111111111111111111111111111"
_STAKE_POOL: Final = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"
_RAYDIUM_V4: Final = "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8"
_TOKEN_SWAPS: Final = frozenset(
    {
        "9W959DqEETiGZocYWCQPaJ6sBmUzgfxXfqGeTEdp3aQP",
        "DjVE6JNiYqPL2QXyCUUh8rNjHrbz9hXHNYt99MQ59qw1",
        "SwaPpA9LAaLfeLi3a68M4DjnLqgtticKg6CnyNwgAC8",
    }
)

_TOKEN_TAGS: Final = {7: Verb.MINT, 14: Verb.MINT, 8: Verb.BURN, 15: Verb.BURN}
_STAKE_TAGS: Final = {2: Verb.STAKE, 4: Verb.UNSTAKE}
_STAKE_POOL_TAGS: Final = {
    tag: verb
    for verb, tags in ((Verb.STAKE, (9, 14, 23, 25)), (Verb.UNSTAKE, (10, 16, 24, 26)))
    for tag in tags
}
_RAYDIUM_TAGS: Final = {1: Verb.ADD, 3: Verb.ADD, 4: Verb.REMOVE, 9: Verb.SWAP, 11: Verb.SWAP}
_TOKEN_SWAP_TAGS: Final = {1: Verb.SWAP, 2: Verb.ADD, 3: Verb.REMOVE, 4: Verb.ADD, 5: Verb.REMOVE}
_PARSED: Final = {
    "mintTo": Verb.MINT,
    "mintToChecked": Verb.MINT,
    "burn": Verb.BURN,
    "burnChecked": Verb.BURN,
    "delegate": Verb.STAKE,
    "withdraw": Verb.UNSTAKE,
}

_ANCHOR_NAMES: Final = {
    Verb.ADD: (
        "add_liquidity add_liquidity2 add_liquidity_by_weight add_liquidity_by_weight2"
        " add_liquidity_by_strategy add_liquidity_by_strategy2 add_liquidity_by_strategy_one_side"
        " add_liquidity_one_side add_liquidity_one_side_precise add_liquidity_one_side_precise2"
        " add_balance_liquidity add_imbalance_liquidity bootstrap_liquidity increase_liquidity"
        " increase_liquidity_v2 open_position open_position_v2 open_position_with_token22_nft"
        " deposit rebalance_liquidity"
    ),
    Verb.REMOVE: (
        "remove_liquidity remove_liquidity2 remove_liquidity_by_range remove_liquidity_by_range2"
        " remove_all_liquidity remove_balance_liquidity remove_liquidity_single_side"
        " decrease_liquidity decrease_liquidity_v2 close_position close_position_with_token_extensions"
        " withdraw claim_fee claim_fee2 claim_reward claim_reward2 claim_position_fee collect_fees"
        " collect_fees_v2 collect_reward collect_reward_v2"
    ),
    Verb.CREATE: (
        "create create_v2 create_pool initialize initialize_v2 initialize_with_token_2022"
        " initialize_virtual_pool_with_spl_token initialize_virtual_pool_with_token2022 token_mint"
        " create_metadata_accounts_v3 create_token"
    ),
    Verb.SWAP: (
        "swap swap2 swap_v2 swap_exact_out swap_exact_out2 two_hop_swap two_hop_swap_v2"
        " swap_base_input swap_base_output buy sell buy_exact_in buy_exact_out sell_exact_in"
    ),
}
_POOLS: Final = frozenset({Role.AMM, Role.LAUNCH})


def _anchor(name: str) -> bytes:
    return hashlib.sha256(f"global:{name}".encode()).digest()[:8]


_ANCHOR: Final = {_anchor(name): verb for verb, names in _ANCHOR_NAMES.items() for name in names.split()}


def verbs(transaction: Transaction) -> frozenset[Verb]:
    """All verbs that occur in the transaction, calls between programs included."""
    return frozenset(_told(transaction.calls()))


def _told(calls: Iterable[Call]) -> Iterable[Verb]:
    for call in calls:
        verb = _verb(call)
        if verb is not None:
            yield verb


def _verb(call: Call) -> Verb | None:
    program, instruction = call.program, call.instruction
    if instruction.parsed:
        return _PARSED.get(_parsed_type(instruction.parsed)) if program in _READ_PARSED else None
    data = instruction.binary or _bytes(instruction.data)
    tags = _TAGS.get(program)
    if tags is not None:
        return tags.get(int.from_bytes(data[:4], "little") if program == _STAKE_PROGRAM else data[0])
    entry = PROGRAMS.get(program)
    return _ANCHOR.get(data[:8]) if entry is not None and entry.role in _POOLS else None


_READ_PARSED: Final = _TOKEN_PROGRAMS | {_STAKE_PROGRAM}
_TAGS: Final = (
    dict.fromkeys(_TOKEN_PROGRAMS, _TOKEN_TAGS)
    | dict.fromkeys(_TOKEN_SWAPS, _TOKEN_SWAP_TAGS)
    | {_STAKE_PROGRAM: _STAKE_TAGS, _STAKE_POOL: _STAKE_POOL_TAGS, _RAYDIUM_V4: _RAYDIUM_TAGS}
)
_LONGEST_DATA: Final = 64
"""Characters of base58 worth reading: what an instruction does stands in its first bytes."""


class _Parsed(msgspec.Struct):
    type: str = ""


_parsed = msgspec.json.Decoder(_Parsed).decode


def _parsed_type(raw: msgspec.Raw) -> str:
    try:
        return _parsed(raw).type
    except msgspec.DecodeError:  # a memo's parsed form is a bare text
        return ""


def _bytes(data: str | None) -> bytes:
    """The instruction's data; one zero byte where there is none or it is no base58."""
    try:
        return base58.b58decode(data or "") or b"\0"
    except ValueError:
        return b"\0"
