"""Every RPC method by its name."""

from collections.abc import Callable
from typing import Any

from sandbox.chain.rpc.methods.accounts import (
    get_account_info,
    get_multiple_accounts,
    get_token_accounts_by_owner,
    get_token_largest_accounts,
    get_token_supply,
)
from sandbox.chain.rpc.methods.address_history import get_transactions_for_address
from sandbox.chain.rpc.methods.blocks import (
    get_block,
    get_block_time,
    get_blocks,
    get_first_available_block,
)
from sandbox.chain.rpc.methods.node import (
    get_balance,
    get_block_height,
    get_epoch_info,
    get_genesis_certificate,
    get_genesis_hash,
    get_health,
    get_latest_blockhash,
    get_minimum_balance,
    get_slot,
    get_version,
)
from sandbox.chain.rpc.methods.transactions import (
    get_signature_statuses,
    get_signatures,
    get_transaction,
    request_airdrop,
    send_transaction,
)
from sandbox.chain.rpc.params import Params
from sandbox.chain.rpc.view import View

METHODS: dict[str, Callable[[View, Params], Any]] = {
    "getAgGenesisCert": get_genesis_certificate,
    "getAccountInfo": get_account_info,
    "getBalance": get_balance,
    "getBlock": get_block,
    "getBlockHeight": get_block_height,
    "getBlockTime": get_block_time,
    "getBlocks": get_blocks,
    "getEpochInfo": get_epoch_info,
    "getFirstAvailableBlock": get_first_available_block,
    "getGenesisHash": get_genesis_hash,
    "getHealth": get_health,
    "getLatestBlockhash": get_latest_blockhash,
    "getMinimumBalanceForRentExemption": get_minimum_balance,
    "getMultipleAccounts": get_multiple_accounts,
    "getSignatureStatuses": get_signature_statuses,
    "getSignaturesForAddress": get_signatures,
    "getSlot": get_slot,
    "getTokenAccountsByOwner": get_token_accounts_by_owner,
    "getTokenLargestAccounts": get_token_largest_accounts,
    "getTokenSupply": get_token_supply,
    "getTransaction": get_transaction,
    "getTransactionsForAddress": get_transactions_for_address,
    "getVersion": get_version,
    "requestAirdrop": request_airdrop,
    "sendTransaction": send_transaction,
}
