"""Whose hands tokens are in: wallets, pools, curves, lockers, exchanges, and accounts that nobody knows."""

from dataclasses import dataclass

import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from chain.market.curves import PUMP
from chain.market.owners import is_to_read, owner_kind
from chain.market.pools import METEORA_DBC, PUMP_SWAP, WHIRLPOOL
from domain.security.facts import OwnerKind
from tests.chain.market.lock_samples import CANCEL_MODE, jupiter_lock

WALLET = str(Keypair.from_seed(bytes(32)).pubkey())
DERIVED = str(Pubkey.find_program_address([b"vault"], Pubkey.from_string(PUMP_SWAP))[0])
LOCK = "LocpQgucEQHbqNABEYvBvwoxCPsSbG91A1QaQhQQqjn"


@dataclass
class Account:
    """An account at the owner's address."""

    owner: str
    data: bytes = b""


@pytest.mark.parametrize(
    ("owner", "kind"),
    [
        (WALLET, OwnerKind.WALLET),
        (DERIVED, OwnerKind.PROGRAM),
        ("1nc1nerator11111111111111111111111111111111", OwnerKind.BURNED),
        ("5tzFkiKscXHK5ZXCGbXZxdw7gTjjD1mBwuoFbhUvuAi9", OwnerKind.EXCHANGE),
        ("5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1", OwnerKind.POOL),
        ("WLHv2UAZm6z4KyaaELi5pjdbJh6RESMva1Rnn8pJVVh", OwnerKind.CURVE),
        ("3f7GcQFG397GAaEnv51zR6tsTVihYRydnydDD1cXekxH", OwnerKind.LOCKED),
        ("no address", OwnerKind.PROGRAM),
    ],
)
def test_an_owner_is_known_by_its_address(owner: str, kind: OwnerKind) -> None:
    assert owner_kind(owner, None) is kind


@pytest.mark.parametrize(
    ("account", "kind"),
    [
        (Account(PUMP), OwnerKind.CURVE),
        (Account(METEORA_DBC), OwnerKind.CURVE),
        (Account(WHIRLPOOL), OwnerKind.POOL),
        (Account("11111111111111111111111111111111"), OwnerKind.PROGRAM),
        (Account(LOCK, jupiter_lock(WALLET, WALLET)), OwnerKind.PROGRAM),
        (Account(LOCK, jupiter_lock(WALLET, WALLET, CANCEL_MODE)), OwnerKind.PROGRAM),
        (Account(LOCK, bytes(296)), OwnerKind.PROGRAM),
        (Account(LOCK, b""), OwnerKind.PROGRAM),
    ],
)
def test_an_owner_that_is_no_wallet_is_known_by_its_account(account: Account, kind: OwnerKind) -> None:
    assert owner_kind(DERIVED, account) is kind


def test_only_what_the_address_does_not_tell_is_read() -> None:
    assert is_to_read(DERIVED)
    assert not is_to_read(WALLET)
    assert not is_to_read("1nc1nerator11111111111111111111111111111111")
