"""The index of token accounts."""

from sandbox.chain.node.token_accounts import TokenAccountIndex
from tests.sandbox.chain.wallets import TokenIssuer, key, new_chain


def test_accounts_are_found_by_owner_and_by_mint() -> None:
    chain = new_chain()
    issuer = TokenIssuer(chain)
    issuer.open_mint()
    owners = [key(number).pubkey() for number in (1, 2)]
    for owner in owners:
        issuer.give(owner, 5)
    index = chain.token_accounts
    assert index.of_owner(str(owners[0])) == [issuer.account_of(owners[0])]
    accounts = [issuer.account_of(owner) for owner in owners]
    assert index.of_mint(str(issuer.mint.pubkey())) == sorted(accounts, key=bytes)


def test_what_is_no_token_account_is_not_in_it() -> None:
    index = TokenAccountIndex()
    index.add({key(1).pubkey(): None})
    assert index.of_owner(str(key(1).pubkey())) == []
