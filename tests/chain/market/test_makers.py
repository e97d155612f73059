"""Who made a token, where somebody else paid for that."""

import hashlib

import pytest

from chain.market.curves import PUMP
from chain.market.makers import maker_of
from chain.market.pools import METEORA_DBC, RAYDIUM_CLMM, RAYDIUM_LAUNCHLAB
from chain.parsing.transaction import read_transaction
from tests.chain import recorded, samples

SPONSOR, USER, STRANGER = (samples.address(name) for name in ("sponsor", "user", "stranger"))
CASES = [
    (PUMP, "create", 7),
    (PUMP, "create_v2", 5),
    (RAYDIUM_LAUNCHLAB, "initialize", 1),
    (METEORA_DBC, "initialize_virtual_pool_with_spl_token", 2),
    (METEORA_DBC, "initialize_virtual_pool_with_token2022", 2),
]


def maker(program: str, name: str, at: int, named: int) -> str:
    """Of a token that a sponsor pays for and a user signs; the call names the account of this number."""
    made = samples.call(program, hashlib.sha256(f"global:{name}".encode()).digest()[:8])
    made["accounts"] = [0] * at + [named]
    lamports = {SPONSOR: (10**9, 10**8), USER: (1, 1), STRANGER: (1, 1)}
    sample = samples.transaction(lamports, calls=[(made, [])], signers=2)
    return maker_of(read_transaction(samples.raw(sample)))


@pytest.mark.parametrize(("program", "name", "at"), CASES)
def test_who_signs_as_a_launchpads_customer_made_the_token_whoever_pays(
    program: str, name: str, at: int
) -> None:
    assert maker(program, name, at, 1) == USER


@pytest.mark.parametrize(("program", "name", "at"), CASES)
def test_nobody_can_blame_a_stranger_who_did_not_sign(program: str, name: str, at: int) -> None:
    assert maker(program, name, at, 2) == SPONSOR


def test_without_a_launchpad_who_paid_made_it() -> None:
    assert maker(RAYDIUM_CLMM, "create", 7, 1) == SPONSOR
    assert maker(PUMP, "buy", 7, 1) == SPONSOR
    cut = samples.call(PUMP, hashlib.sha256(b"global:create").digest()[:8])
    sample = samples.transaction({SPONSOR: (1, 1), USER: (1, 1)}, calls=[(cut, [])], signers=2)
    assert maker_of(read_transaction(samples.raw(sample))) == SPONSOR


class TestRecorded:
    pytestmark = recorded.requires_ledger

    @pytest.mark.parametrize("beginning", ["k1LPbZb3E4", "mqSGNwKK8G", "5LzhiGZB46"])
    def test_who_paid_for_their_own_token_is_its_maker(self, beginning: str) -> None:
        raw = next(one for name, one in recorded.transactions().items() if name.startswith(beginning))
        transaction = read_transaction(raw)
        assert maker_of(transaction) == transaction.payer
