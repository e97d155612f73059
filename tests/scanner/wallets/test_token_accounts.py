"""The book of token accounts: read from a node, added to by what is decoded."""

from collections.abc import AsyncIterator

import pytest

from chain.parsing.transaction import Transaction, read_transaction
from chain.rpc.pool import open_rpc
from chain.rpc.signatures import transactions
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.wallets import token_accounts as book_module
from scanner.wallets.token_accounts import BELIEVED_SECONDS, TokenAccounts
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key

pytestmark = pytest.mark.enable_socket

WALLET = str(key(1).pubkey())


class Scene:
    """A wallet with a token account, a second mint of which it has none yet, and the book."""

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
async def scene() -> AsyncIterator[Scene]:
    async with SandboxChain(by_hand()) as chain:
        made = Scene(chain)
        chain.api.airdrop(key(1).pubkey(), 10 * SOL)
        for tokens in (made.first, made.second):
            tokens.open_mint()
        made.first.give(key(1).pubkey(), 5)
        await made.steps()
        yield made


async def gift(scene: Scene) -> Transaction:
    """What opens an account of the second mint, decoded."""
    signature = scene.second.give(key(1).pubkey(), 7)
    await scene.steps()
    async with open_rpc([Secret(scene.chain.rpc_url)]) as rpc:
        (raw,) = await transactions(rpc, [signature], commitment="confirmed")
    return read_transaction(raw or b"")


async def test_a_wallets_accounts_are_read_once_and_again_when_the_time_is_over(scene: Scene) -> None:
    async with open_rpc([Secret(scene.chain.rpc_url)]) as rpc:
        book = TokenAccounts(rpc, commitment="confirmed", clock=scene.clock)
        assert await book.of(WALLET) == (scene.account(scene.first),)
        await gift(scene)
        assert await book.of(WALLET) == (scene.account(scene.first),)
        scene.now += BELIEVED_SECONDS + 1
        assert set(await book.of(WALLET)) == {scene.account(scene.first), scene.account(scene.second)}


async def test_a_doubted_list_is_read_at_once(scene: Scene) -> None:
    async with open_rpc([Secret(scene.chain.rpc_url)]) as rpc:
        book = TokenAccounts(rpc, commitment="confirmed", clock=scene.clock)
        await book.of(WALLET)
        await gift(scene)
        book.doubt(WALLET)
        assert len(await book.of(WALLET)) == 2


async def test_a_decoded_transaction_tells_of_the_account_that_it_opened(scene: Scene) -> None:
    async with open_rpc([Secret(scene.chain.rpc_url)]) as rpc:
        book = TokenAccounts(rpc, commitment="confirmed", clock=scene.clock)
        await book.of(WALLET)
        before, opening = book.changes, await gift(scene)
        assert not book.has_learned_from(opening.signature)
        book.learn(opening, {WALLET})
    assert book.known(WALLET) == (scene.account(scene.second), scene.account(scene.first))  # newest first
    assert book.changes > before
    assert book.has_learned_from(opening.signature)


async def test_nothing_is_learned_of_wallets_whose_lists_were_never_read(scene: Scene) -> None:
    async with open_rpc([Secret(scene.chain.rpc_url)]) as rpc:
        book = TokenAccounts(rpc, commitment="confirmed", clock=scene.clock)
        book.learn(await gift(scene), {WALLET})
    assert book.known(WALLET) == ()
    assert book.changes == 0


async def test_those_never_read_are_due_first_and_the_forgotten_are_due_again(scene: Scene) -> None:
    other = str(key(2).pubkey())
    async with open_rpc([Secret(scene.chain.rpc_url)]) as rpc:
        book = TokenAccounts(rpc, commitment="confirmed", clock=scene.clock)
        await book.of(WALLET)
        assert book.unread([WALLET, other], believed_seconds=60) == [other]
        scene.now += 61
        assert book.unread([WALLET, other], believed_seconds=60) == [other, WALLET]
        assert book.count({WALLET, other}) == 1
        book.keep_only({other})
        assert book.count({WALLET, other}) == 0
        assert book.unread([WALLET], believed_seconds=1e9) == [WALLET]


async def test_what_was_learned_from_is_remembered_within_bounds(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_module, "REMEMBERED", 1)
    async with open_rpc([Secret(scene.chain.rpc_url)]) as rpc:
        book = TokenAccounts(rpc, commitment="confirmed", clock=scene.clock)
        first, second = await gift(scene), await gift(scene)
        book.learn(first, set())
        book.learn(second, set())
    assert [book.has_learned_from(one.signature) for one in (first, second)] == [False, True]
