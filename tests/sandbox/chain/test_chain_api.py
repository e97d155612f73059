"""What actors see of the chain."""

from sandbox.chain.chain_api import ChainApi, TransactionRejected
from tests.sandbox.chain.wallets import SOL, key, new_chain


def test_the_chain_offers_its_api() -> None:
    api: ChainApi = new_chain()
    signature = api.airdrop(key(1).pubkey(), SOL)
    assert str(signature)
    assert (api.balance(key(1).pubkey()), api.balance(key(2).pubkey())) == (SOL, 0)
    assert api.account(key(2).pubkey()) is None
    assert api.minimum_balance(165) > api.minimum_balance(0) > 0


def test_a_rejection_carries_the_reason_in_words_and_in_json() -> None:
    rejected = TransactionRejected("Blockhash not found", "BlockhashNotFound")
    assert (str(rejected), rejected.reason, rejected.err) == (
        "Blockhash not found",
        "Blockhash not found",
        "BlockhashNotFound",
    )
