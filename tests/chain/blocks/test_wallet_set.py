"""The set of watched wallets, in text and in binary."""

import os

from solders.pubkey import Pubkey

from chain.blocks.wallet_set import WatchedWallets
from tests.chain import samples

FIRST, SECOND = samples.address("first"), samples.address("second")


def test_it_is_a_set_of_addresses() -> None:
    watched = WatchedWallets([FIRST, FIRST])
    watched.add(SECOND)
    watched.discard(FIRST)
    watched.discard(FIRST)
    assert ([*watched], len(watched), SECOND in watched, FIRST in watched) == ([SECOND], 1, True, False)


def test_it_knows_a_watched_key_in_binary_wherever_it_stands() -> None:
    watched = WatchedWallets([FIRST])
    key = bytes(Pubkey.from_string(FIRST))
    for before in range(3):
        assert watched.may_contain_any_key(os.urandom(32 * before) + key + os.urandom(32))
    assert not watched.may_contain_any_key(os.urandom(320))
    assert not watched.may_contain_any_key(b"")


def test_it_forgets_a_discarded_key_in_binary() -> None:
    watched = WatchedWallets([FIRST, SECOND])
    watched.discard(FIRST)
    assert not watched.may_contain_any_key(bytes(Pubkey.from_string(FIRST)))
    assert watched.may_contain_any_key(bytes(Pubkey.from_string(SECOND)))


def test_sysvars_which_begin_alike_are_not_confused() -> None:
    watched = WatchedWallets(["SysvarRent111111111111111111111111111111111"])
    clock = bytes(Pubkey.from_string("SysvarC1ock11111111111111111111111111111111"))
    assert not watched.may_contain_any_key(clock)


def test_it_says_which_of_many_are_watched() -> None:
    watched = WatchedWallets([FIRST])
    first, second = (bytes(Pubkey.from_string(one)) for one in (FIRST, SECOND))
    assert watched.among([SECOND, None, FIRST]) == {FIRST}
    assert watched.keys_among(second + first + second + first) == [1, 3]
    assert watched.keys_among(second) == watched.keys_among(b"") == []
