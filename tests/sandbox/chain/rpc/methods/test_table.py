"""The table of methods."""

from __future__ import annotations

import pytest

from sandbox.chain.rpc.methods.table import METHODS

pytestmark = pytest.mark.enable_socket


def test_it_has_exactly_the_methods_it_should() -> None:
    assert set(METHODS) == {
        "getHealth",
        "getVersion",
        "getGenesisHash",
        "getSlot",
        "getBlockHeight",
        "getLatestBlockhash",
        "getEpochInfo",
        "getBlock",
        "getBlocks",
        "getBlockTime",
        "getFirstAvailableBlock",
        "getTransaction",
        "getTransactionsForAddress",
        "getSignaturesForAddress",
        "getSignatureStatuses",
        "getAgGenesisCert",
        "getAccountInfo",
        "getMultipleAccounts",
        "getBalance",
        "getTokenAccountsByOwner",
        "getTokenLargestAccounts",
        "getTokenSupply",
        "getMinimumBalanceForRentExemption",
        "sendTransaction",
        "requestAirdrop",
    }
