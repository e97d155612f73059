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
from chain.parsing.calls import Call


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
    DEPOSIT = auto()
    """Something is lent, or left as security for a loan."""
    WITHDRAW = auto()
    BORROW = auto()
    REPAY = auto()
    BRIDGE_OUT = auto()
    """Something leaves for another chain."""
    BRIDGE_IN = auto()
    """Something comes from another chain."""


_STAKE_PROGRAM: Final = "Stake11111111111111111111111111111111111111"
_STAKE_POOL: Final = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"
_RAYDIUM_V4: Final = "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8"
_SOLEND: Final = "So1endDq2YkqhipRh3WViPa8hdiSpxWy6z3Z6tMCpAo"
_WORMHOLE: Final = "wormDTUJ6AWPNvk59vGQbDvGJmqbDTdgWgAqcLBCgUb"
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
_SOLEND_TAGS: Final = {
    **dict.fromkeys((4, 8, 14), Operation.DEPOSIT),
    **dict.fromkeys((5, 9, 15), Operation.WITHDRAW),
    10: Operation.BORROW,
    11: Operation.REPAY,
}
_WORMHOLE_TAGS: Final = dict.fromkeys((4, 5), Operation.BRIDGE_OUT)
"""TransferWrapped and TransferNative of the token bridge."""
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
_LENDING_NAMES: Final = {
    Operation.DEPOSIT: (
        "deposit deposit_reserve_liquidity deposit_obligation_collateral deposit_obligation_collateral_v2"
        " deposit_reserve_liquidity_and_obligation_collateral"
        " deposit_reserve_liquidity_and_obligation_collateral_v2 lending_account_deposit mint"
    ),
    Operation.WITHDRAW: (
        "withdraw redeem redeem_reserve_collateral withdraw_obligation_collateral"
        " withdraw_obligation_collateral_v2 withdraw_obligation_collateral_and_redeem_reserve_collateral"
        " withdraw_obligation_collateral_and_redeem_reserve_collateral_v2 lending_account_withdraw"
    ),
    Operation.BORROW: (
        "borrow borrow_obligation_liquidity borrow_obligation_liquidity_v2 lending_account_borrow"
    ),
    Operation.REPAY: "repay repay_obligation_liquidity repay_obligation_liquidity_v2 lending_account_repay",
}
_BRIDGE_NAMES: Final = {
    Operation.BRIDGE_OUT: (
        "deposit_for_burn deposit_for_burn_with_caller deposit_for_burn_with_hook create_order"
        " create_order_with_nonce init_order bridge swap_and_bridge deposit send"
    ),
}
_TOKEN_BRIDGE_NAMES: Final = {
    Operation.BRIDGE_OUT: "transfer_burn transfer_lock",
    Operation.BRIDGE_IN: "release_inbound_mint release_inbound_mint_multisig release_inbound_unlock",
}
"""Of Wormhole's Native Token Transfers: each token has a program of its own there, which no list names.
Source: https://github.com/wormhole-foundation/native-token-transfers, `solana/programs`."""
_ANCHOR_ROLES: Final = frozenset({Role.AMM, Role.LAUNCH})
_ANCHOR_TAG: Final = 8


def _anchor(name: str) -> bytes:
    return hashlib.sha256(f"global:{name}".encode()).digest()[:_ANCHOR_TAG]


def _by_tag(names: dict[Operation, str]) -> dict[bytes, Operation]:
    return {_anchor(name): operation for operation, text in names.items() for name in text.split()}


_POOL_TAGS: Final = _by_tag(_ANCHOR_NAMES)
_ANCHOR: Final = {
    **dict.fromkeys(_ANCHOR_ROLES, _POOL_TAGS),
    Role.LENDING: _by_tag(_LENDING_NAMES),
    Role.BRIDGE: _by_tag(_BRIDGE_NAMES),
}
_UNLISTED: Final = _by_tag(_TOKEN_BRIDGE_NAMES)
"""Operations of programs that are known by nothing but their instructions."""
_OPERATE: Final = _anchor("operate")
"""Of Jupiter Lend's vaults: how much more is lent, and how much more is owed, both i128, below zero for less.
Source: https://github.com/Instadapp/fluid-solana-programs, vaults, `operate`."""
_I128: Final = 16
_TAGS: Final = {
    **dict.fromkeys(_TOKEN_SWAPS, _TOKEN_SWAP_TAGS),
    **dict.fromkeys(_TOKEN_PROGRAMS, _TOKEN_TAGS),
    _STAKE_PROGRAM: _STAKE_TAGS,
    _STAKE_POOL: _STAKE_POOL_TAGS,
    _RAYDIUM_V4: _RAYDIUM_TAGS,
    _SOLEND: _SOLEND_TAGS,
    _WORMHOLE: _WORMHOLE_TAGS,
}


_PARSED_PROGRAMS: Final = frozenset({_STAKE_PROGRAM, *_TOKEN_PROGRAMS})


def operations_in(calls: list[Call]) -> frozenset[Operation]:
    """All operations among these calls."""
    found = {operation for call in calls for operation in _operations_in(call)}
    return frozenset(operation for operation in found if operation is not None)


def _operations_in(call: Call) -> tuple[Operation | None, ...]:
    entry = PROGRAMS.get(call.program)
    if entry is None or entry.role is not Role.LENDING or call.prefix != _OPERATE:
        return (_operation_of(call),)
    data = call.data[_ANCHOR_TAG:]
    lent = int.from_bytes(data[:_I128], "little", signed=True)
    owed = int.from_bytes(data[_I128 : 2 * _I128], "little", signed=True)
    return (
        (Operation.DEPOSIT if lent > 0 else Operation.WITHDRAW) if lent else None,
        (Operation.BORROW if owed > 0 else Operation.REPAY) if owed else None,
    )


def _operation_of(call: Call) -> Operation | None:
    program = call.program
    if call.parsed is not None:
        return _PARSED.get(call.parsed) if program in _PARSED_PROGRAMS else None
    if not call.encoded:
        return None
    tags = _TAGS.get(program)
    if tags is not None:
        # The stake program's tag is four bytes in little-endian, of which only the first is ever used.
        return tags.get(call.prefix[0])
    entry = PROGRAMS.get(program)
    names = _UNLISTED if entry is None else _ANCHOR.get(entry.role)
    return names.get(call.prefix) if names else None
