"""What instructions of pools, staking and token programs do, as a few operations. Pure.

Amounts are never read here: they follow from balances. Sources: the token program's
instructions (spl-token `instruction.rs`), the stake program's instructions
(`solana_stake_interface::instruction`), the stake pool's (spl-stake-pool `instruction.rs`), Raydium
AMM v4's and token-swap's tags, and Anchor's rule that an instruction begins with the first eight
bytes of SHA-256 of `global:` and its name.
"""

import hashlib
from enum import Enum, auto
from typing import Final

from chain.decoders.programs import PROGRAMS, Role
from chain.parsing.calls import Call, calls_of
from chain.parsing.transaction import Transaction


class Operation(Enum):
    """What an instruction does, as far as it helps to say what a wallet did."""

    ADD = auto()
    """Liquidity is put into a pool."""
    REMOVE = auto()
    """Liquidity, or what it earned, is taken out of a pool."""
    STAKE = auto()
    UNSTAKE = auto()
    CREATE = auto()
    """A token or a pool is created."""


_STAKE_PROGRAM: Final = "Stake11111111111111111111111111111111111111"
_STAKE_POOL: Final = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"
_RAYDIUM_V4: Final = "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8"
_TOKEN_SWAPS: Final = (
    "9W959DqEETiGZocYWCQPaJ6sBmUzgfxXfqGeTEdp3aQP",
    "DjVE6JNiYqPL2QXyCUUh8rNjHrbz9hXHNYt99MQ59qw1",
    "SwaPpA9LAaLfeLi3a68M4DjnLqgtticKg6CnyNwgAC8",
)

_TOKEN_PROGRAMS: Final = (
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
)
_TOKEN_TAGS: Final = {0: Operation.CREATE, 20: Operation.CREATE}
"""InitializeMint and InitializeMint2."""
_STAKE_TAGS: Final = {2: Operation.STAKE, 4: Operation.UNSTAKE}
_STAKE_POOL_TAGS: Final = {
    tag: operation
    for operation, tags in ((Operation.STAKE, (9, 14, 23, 25)), (Operation.UNSTAKE, (10, 16, 24, 26)))
    for tag in tags
}
_RAYDIUM_TAGS: Final = {1: Operation.ADD, 3: Operation.ADD, 4: Operation.REMOVE}
_TOKEN_SWAP_TAGS: Final = {2: Operation.ADD, 3: Operation.REMOVE, 4: Operation.ADD, 5: Operation.REMOVE}
_PARSED: Final = {
    "delegate": Operation.STAKE,
    "withdraw": Operation.UNSTAKE,
    "initializeMint": Operation.CREATE,
    "initializeMint2": Operation.CREATE,
}

_ANCHOR_NAMES: Final = {
    Operation.ADD: (
        "add_liquidity add_liquidity2 add_liquidity_by_weight add_liquidity_by_weight2"
        " add_liquidity_by_strategy add_liquidity_by_strategy2 add_liquidity_by_strategy_one_side"
        " add_liquidity_one_side add_liquidity_one_side_precise add_liquidity_one_side_precise2"
        " add_balance_liquidity add_imbalance_liquidity bootstrap_liquidity increase_liquidity"
        " increase_liquidity_v2 open_position open_position_v2 open_position_with_token22_nft"
        " deposit rebalance_liquidity"
    ),
    Operation.REMOVE: (
        "remove_liquidity remove_liquidity2 remove_liquidity_by_range remove_liquidity_by_range2"
        " remove_all_liquidity remove_balance_liquidity remove_liquidity_single_side"
        " decrease_liquidity decrease_liquidity_v2 close_position close_position_with_token_extensions"
        " withdraw claim_fee claim_fee2 claim_reward claim_reward2 claim_position_fee collect_fees"
        " collect_fees_v2 collect_reward collect_reward_v2"
    ),
    Operation.CREATE: (
        "create create_v2 create_pool initialize initialize_v2 initialize_with_token_2022"
        " initialize_virtual_pool_with_spl_token initialize_virtual_pool_with_token2022 token_mint"
        " create_metadata_accounts_v3 create_token"
    ),
}
_ANCHOR_ROLES: Final = frozenset({Role.AMM, Role.LAUNCH})
_ANCHOR_TAG: Final = 8


def _anchor(name: str) -> bytes:
    return hashlib.sha256(f"global:{name}".encode()).digest()[:_ANCHOR_TAG]


_ANCHOR: Final = {
    _anchor(name): operation for operation, names in _ANCHOR_NAMES.items() for name in names.split()
}
_TAGS: Final = {
    **dict.fromkeys(_TOKEN_SWAPS, _TOKEN_SWAP_TAGS),
    **dict.fromkeys(_TOKEN_PROGRAMS, _TOKEN_TAGS),
    _STAKE_PROGRAM: _STAKE_TAGS,
    _STAKE_POOL: _STAKE_POOL_TAGS,
    _RAYDIUM_V4: _RAYDIUM_TAGS,
}


_PARSED_PROGRAMS: Final = frozenset({_STAKE_PROGRAM, *_TOKEN_PROGRAMS})


def operations_of(transaction: Transaction) -> frozenset[Operation]:
    """All operations in the transaction, calls between programs included.

    Raises:
        Undecodable: the calls cannot be understood.
    """
    found = {_operation_of(call) for call in calls_of(transaction)}
    return frozenset(operation for operation in found if operation is not None)


def _operation_of(call: Call) -> Operation | None:
    program = call.program
    if call.parsed is not None:
        return _PARSED.get(call.parsed) if program in _PARSED_PROGRAMS else None
    if not call.prefix:
        return None
    tags = _TAGS.get(program)
    if tags is not None:
        # The stake program's tag is four bytes in little-endian, of which only the first is ever used.
        return tags.get(call.prefix[0])
    entry = PROGRAMS.get(program)
    return _ANCHOR.get(call.prefix) if entry is not None and entry.role in _ANCHOR_ROLES else None
