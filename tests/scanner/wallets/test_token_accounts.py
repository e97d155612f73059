"""The token accounts of wallets: read from a node, added to by what is decoded."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from chain.parsing.transaction import Transaction, read_transaction
from chain.rpc.pool import open_rpc
from chain.rpc.signatures import transactions
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.wallets import token_accounts as accounts_module
from scanner.wallets.token_accounts import MAX_AGE_SECONDS, TokenAccounts
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key

pytestmark = pytest.mark.enable_socket

WALLET = str(key(1).pubkey())


class Case:
    """A wallet with a token account, a second mint of which it has none yet, and what is known of them."""

    def __init__(self, chain: SandboxChain) -> None:
        self.chain = chain
        self.first = TokenIssuer(chain.chain)
        self.second = TokenIssuer(chain.chain, issuer=key(910), mint=key(911))
        self.now = 1_000.0
        self.asked = 0

    def clock(self) -> float:
        return self.now

    def account(self, tokens: TokenIssuer) -> str:
        return str(tokens.account_of(key(1).pubkey()))

    async def steps(self) -> None:
        for _ in range(3):
            await self.chain.step()


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    async with SandboxChain(by_hand()) as chain:
        made = Case(chain)
        chain.api.airdrop(key(1).pubkey(), 10 * SOL)
        for tokens in (made.first, made.second):
            tokens.open_mint()
        made.first.give(key(1).pubkey(), 5)
        await made.steps()
        yield made


async def gift(case: Case) -> Transaction:
    """Return what opens an account of the second mint, decoded."""
    signature = case.second.give(key(1).pubkey(), 7)
    await case.steps()
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        (raw,) = await transactions(rpc, [signature], commitment="confirmed")
    return read_transaction(raw or b"")


async def test_a_wallets_accounts_are_read_once_and_again_when_the_time_is_over(case: Case) -> None:
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        accounts = TokenAccounts(rpc, commitment="confirmed", clock=case.clock)
        assert await accounts.of(WALLET) == (case.account(case.first),)
        await gift(case)
        assert await accounts.of(WALLET) == (case.account(case.first),)
        case.now += MAX_AGE_SECONDS + 1
        assert set(await accounts.of(WALLET)) == {case.account(case.first), case.account(case.second)}


async def test_a_list_that_was_invalidated_is_read_at_once(case: Case) -> None:
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        accounts = TokenAccounts(rpc, commitment="confirmed", clock=case.clock)
        await accounts.of(WALLET)
        await gift(case)
        accounts.invalidate(WALLET)
        assert len(await accounts.of(WALLET)) == 2


async def test_a_decoded_transaction_tells_of_the_account_that_it_opened(case: Case) -> None:
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        accounts = TokenAccounts(rpc, commitment="confirmed", clock=case.clock)
        await accounts.of(WALLET)
        before, opening = accounts.changes, await gift(case)
        assert accounts.named_in([opening.signature]) is None
        accounts.learn(opening, {WALLET})
    assert accounts.known(WALLET) == (case.account(case.second), case.account(case.first))  # newest first
    assert accounts.changes > before
    assert accounts.named_in([opening.signature]) == frozenset({case.account(case.second)})
    assert accounts.named_in([opening.signature, "another"]) is None
    assert accounts.named_in([]) == frozenset()


async def test_nothing_is_learned_of_wallets_whose_lists_were_never_read(case: Case) -> None:
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        accounts = TokenAccounts(rpc, commitment="confirmed", clock=case.clock)
        accounts.learn(await gift(case), {WALLET})
    assert accounts.known(WALLET) == ()
    assert accounts.changes == 0


async def test_those_never_read_are_due_first_and_the_forgotten_are_due_again(case: Case) -> None:
    other = str(key(2).pubkey())
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        accounts = TokenAccounts(rpc, commitment="confirmed", clock=case.clock)
        await accounts.of(WALLET)
        assert accounts.unread([WALLET, other], max_age_seconds=60) == [other]
        case.now += 61
        assert accounts.unread([WALLET, other], max_age_seconds=60) == [other, WALLET]
        assert accounts.count({WALLET, other}) == 1
        accounts.keep_only({other})
        assert accounts.count({WALLET, other}) == 0
        assert accounts.unread([WALLET], max_age_seconds=1e9) == [WALLET]


async def test_what_was_learned_from_is_remembered_within_bounds(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_module, "MAX_REMEMBERED", 1)
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        accounts = TokenAccounts(rpc, commitment="confirmed", clock=case.clock)
        first, second = await gift(case), await gift(case)
        accounts.learn(first, set())
        accounts.learn(second, set())
    assert [accounts.named_in([one.signature]) is None for one in (first, second)] == [True, False]


async def test_of_a_transaction_with_accounts_that_it_does_not_list_nothing_is_known(
    case: Case,
) -> None:
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        accounts = TokenAccounts(rpc, commitment="confirmed", clock=case.clock)
        whole = await gift(case)
        accounts.learn(structs.replace(whole, keys=whole.keys[:1]), {WALLET})
    assert accounts.named_in([whole.signature]) is None
