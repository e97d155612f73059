"""What is kept of a transaction."""

from __future__ import annotations

from solders.keypair import Keypair

from sandbox.chain.node.chain import Chain
from tests.sandbox.chain.wallets import note, signed


def test_a_memo_is_listed_with_the_signature(chain: Chain, alice: Keypair) -> None:
    signature = chain.send(signed(chain, [alice], note("grüße".encode(), alice.pubkey())))
    assert chain.open.transactions[str(signature)].memo == "[7] grüße"
