"""Reasons for rejection."""

from __future__ import annotations

import pytest
from solders.keypair import Keypair

from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.node.chain import Chain
from tests.sandbox.chain.wallets import key, pay, signed


def test_what_cannot_land_is_rejected_with_the_reason(chain: Chain, alice: Keypair) -> None:
    poor = key(3)
    with pytest.raises(TransactionRejected, match="no record of a prior credit") as found:
        chain.send(signed(chain, [poor], pay(poor, alice.pubkey(), 1)))
    assert found.value.err == "AccountNotFound"
