"""What is listed for wallets: of themselves and of their token accounts, where something moved."""

from collections.abc import AsyncIterator, Sequence

import pytest

from chain.parsing.transaction import read_transaction
from chain.rpc.pool import RpcPool, open_rpc
from chain.rpc.signatures import transactions
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_requests
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.reconcile import signature_lists as lists_module
from scanner.reconcile.block_fetcher import FetchedBlock
from scanner.reconcile.signature_lists import LIST_ALL_SECONDS, SignatureLists
from scanner.wallets.token_accounts import TokenAccounts
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, pay, signed
from tests.scanner.reconciling import steps
from tests.scanner.world import Whale

pytestmark = pytest.mark.enable_socket
MINTS = 20


class Case:
    """A wallet with many token accounts, listed pass by pass."""

    def __init__(self, chain: SandboxChain, rpc: RpcPool, lists: SignatureLists) -> None:
        self.chain = chain
        self._rpc = rpc
        self.whale = Whale(chain)
        self.other = key(77)
        self.issuers = [TokenIssuer(chain.chain, mint=key(950 + number)) for number in range(MINTS)]
        self._lists = lists
        self._after = 0
        self.steps = 4
        """From pass to pass."""

    @property
    def head(self) -> int:
        """What the node has confirmed."""
        return self.chain.api.slot - 2

    async def begin(self) -> None:
        self.chain.api.airdrop(self.other.pubkey(), 10 * SOL)
        for issuer in self.issuers:
            issuer.open_mint()
            issuer.give(self.whale.keys.pubkey(), 5)
            issuer.give(self.other.pubkey(), 1_000)
            await steps(self.chain, 1)
        await steps(self.chain, 4)
        self._after = self.head
        for _ in range(2):  # the first pass sees what accounts hold, the second that nothing moves
            await self.listed()

    def gift(self, number: int) -> str:
        """Somebody sends tokens into an account of the wallet, which the transaction does not name."""
        moved = self.issuers[number].move(self.other, self.whale.keys.pubkey(), 123)
        return str(self.chain.api.send(signed(self.chain.api, [self.other], moved, version=None)))

    def give_back(self, number: int) -> str:
        """The wallet sends as much."""
        moved = self.issuers[number].move(self.whale.keys, self.other.pubkey(), 123)
        return str(self.chain.api.send(signed(self.chain.api, [self.whale.keys], moved, version=None)))

    async def push(self, *happened: str) -> None:
        """As if a stream brought those of these transactions that are confirmed by now."""
        for raw in await transactions(self._rpc, happened, commitment="confirmed"):
            if raw is not None:
                self._lists.accounts.learn(read_transaction(raw), {self.whale.address})

    async def listed(self) -> Sequence[str]:
        """The next pass."""
        await steps(self.chain, self.steps)
        after, self._after = self._after, self.head
        return list(await self._lists.listed([self.whale.address], after=after, upto=self._after))


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        lists = SignatureLists(rpc, TokenAccounts(rpc, commitment="confirmed"), commitment="confirmed")
        made = Case(chain, rpc, lists)
        await made.begin()
        yield made


def asked(method: str) -> float:
    return sum(
        sample.value
        for metric in rpc_requests.collect()
        for sample in metric.samples
        if sample.name.endswith("_total") and sample.labels["method"] == method
    )


async def test_accounts_in_which_nothing_moves_cost_one_request_for_all(case: Case) -> None:
    lists, states = asked("getSignaturesForAddress"), asked("getMultipleAccounts")
    assert await case.listed() == []
    assert asked("getSignaturesForAddress") - lists == 1  # of the wallet itself
    assert asked("getMultipleAccounts") - states == 1


async def test_what_comes_in_is_listed_though_the_wallet_is_not_named(case: Case) -> None:
    gift = case.gift(3)
    lists = asked("getSignaturesForAddress")
    assert await case.listed() == [gift]
    assert asked("getSignaturesForAddress") - lists == 2


@pytest.mark.parametrize("is_pushed", [False, True], ids=["to lists alone", "to a stream, too"])
@pytest.mark.parametrize("pause", range(5))
async def test_what_comes_in_and_goes_out_again_is_listed_wherever_a_pass_falls_between(
    case: Case,
    pause: int,
    is_pushed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    case.steps = 0
    found: set[str] = set()
    gift, back = case.gift(3), ""
    for number in range(5):
        if number == pause:
            back = case.give_back(3)
        await steps(case.chain, 1)
        if is_pushed and back:
            await case.push(back)
        found.update(await case.listed())
    case.steps = 4
    found.update([*await case.listed(), *await case.listed()])
    assert found == {gift, back}


async def test_what_the_wallet_did_costs_lists_of_the_accounts_that_it_named_if_a_stream_pushed_it(
    case: Case,
) -> None:
    case.gift(3)
    for _ in range(3):
        await case.listed()
    payment = pay(case.whale.keys, case.other.pubkey(), SOL // 100)
    paid = str(case.chain.api.send(signed(case.chain.api, [case.whale.keys], payment)))
    await steps(case.chain, 4)
    lists = asked("getSignaturesForAddress")
    await case.push(paid)
    assert await case.listed() == [paid]
    assert asked("getSignaturesForAddress") - lists == 1  # it moved no tokens
    back = case.give_back(3)
    await steps(case.chain, 4)
    await case.push(back)
    assert await case.listed() == [back]
    assert asked("getSignaturesForAddress") - lists == 3
    await case.listed()
    assert asked("getSignaturesForAddress") - lists == 5  # once more, since it changed


async def test_an_account_is_listed_once_an_hour_whatever_it_holds(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = monotonic() + LIST_ALL_SECONDS + 1
    monkeypatch.setattr(lists_module, "monotonic", lambda: later)
    lists = asked("getSignaturesForAddress")
    await case.listed()
    assert asked("getSignaturesForAddress") - lists == 1 + MINTS
    await case.listed()
    assert asked("getSignaturesForAddress") - lists == 1 + MINTS + 1


async def test_a_transaction_is_listed_for_each_wallet_that_it_concerns() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale, friend = Whale(chain), Whale(chain, 2)
        issuer = TokenIssuer(chain.chain)
        issuer.open_mint()
        issuer.give(friend.keys.pubkey(), 5)
        await steps(chain, 4)
        before = chain.api.slot - 2
        gift = str(
            chain.api.send(signed(chain.api, [whale.keys], pay(whale.keys, friend.keys.pubkey(), SOL)))
        )
        tokens = issuer.give(friend.keys.pubkey(), 7)
        chain.api.send(signed(chain.api, [whale.keys], pay(whale.keys, key(5).pubkey(), 2_000_000 * SOL)))
        await steps(chain, 4)
        lists = SignatureLists(rpc, TokenAccounts(rpc, commitment="confirmed"), commitment="confirmed")
        wallets = [whale.address, friend.address]
        found = await lists.listed(wallets, after=before, upto=chain.api.slot - 2)
        assert {signature: concerned for signature, (_, concerned) in found.items()} == {
            gift: {whale.address, friend.address},
            tokens: {friend.address},
        }
        raws = await lists.transactions([one for one, _ in found.values()])
        assert all(raws)
        assert isinstance(await lists.block(found[gift][0].slot), FetchedBlock)
