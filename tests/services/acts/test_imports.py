"""Which lists can be taken, and what is said of the others."""

import pytest

from domain.errors import BadInput
from services.acts.imports import usable
from services.wallet_lists import ListFault, NamedWallet, WalletList

WALLET = NamedWallet(address="7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs")


def test_a_list_without_a_fault_is_taken_as_it_is() -> None:
    found = WalletList(wallets=(WALLET,))
    assert usable(found) is found


@pytest.mark.parametrize("fault", ListFault)
def test_every_fault_has_a_sentence_that_says_what_to_do(fault: ListFault) -> None:
    with pytest.raises(BadInput, match=r"\S+ \S+ .*\.$"):
        usable(WalletList(fault=fault))
