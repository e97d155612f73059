"""The open slot adds up what its transactions changed."""

from tests.sandbox.chain.wallets import SOL, key, new_chain, pay, signed


def test_it_keeps_the_state_before_the_first_change_and_after_the_last() -> None:
    chain = new_chain()
    alice, bob = key(1), key(2).pubkey()
    chain.airdrop(alice.pubkey(), 5 * SOL)
    chain.step()
    for lamports in (SOL, 2 * SOL):
        chain.send(signed(chain, [alice], pay(alice, bob, lamports)))
    assert len(chain.open.transactions) == 2
    assert chain.open.before[bob] is None
    changed = chain.open.changed()[bob]
    assert changed is not None
    assert changed.lamports == 3 * SOL


def test_an_account_that_ends_as_it_began_is_not_changed() -> None:
    chain = new_chain()
    alice, bob = key(1), key(2)
    for one in (alice, bob):
        chain.airdrop(one.pubkey(), 5 * SOL)
    chain.step()
    chain.send(signed(chain, [alice], pay(alice, key(3).pubkey(), SOL)))
    chain.send(signed(chain, [bob], pay(bob, bob.pubkey(), SOL)))
    assert key(3).pubkey() in chain.open.changed()
    assert set(chain.open.changed()) == {alice.pubkey(), bob.pubkey(), key(3).pubkey()}
