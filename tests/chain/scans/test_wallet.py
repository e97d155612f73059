"""What is gathered of a wallet, and what is said where the node does not answer."""

from chain.rpc.accounts import Account
from chain.rpc.pool import open_rpc
from chain.scans.node import LiveNode
from chain.scans.wallet import MAX_LATEST, gather_wallet
from domain.security.checks import NotRead
from domain.security.wallet_facts import History, WalletAccount
from runtime.settings.secret import Secret
from sandbox.local import LocalConfig, LocalSandbox
from tests.chain.nodes import confirm
from tests.chain.scans.tables import TableNode

NOW = 2_000_000_000
WALLET = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
SYSTEM = "11111111111111111111111111111111"


async def test_a_wallet_of_the_sandbox_is_read_within_thirty_questions() -> None:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02, active=False)) as sandbox:
        whale, token = sandbox.simulation.whales[0], sandbox.simulation.token("MITTEN")
        sandbox.simulation.buy(whale, token, 10**9)
        await confirm(sandbox)
        async with open_rpc([Secret(sandbox.chain.rpc_url)]) as rpc:
            node = LiveNode(rpc, requests=30, seconds=20.0)
            facts = await gather_wallet(node, whale.address, chain="sandbox", now=NOW)
    assert isinstance(facts.account, WalletAccount)
    assert (facts.account.owner, facts.account.has_data) == (SYSTEM, False)
    assert not isinstance(facts.token_accounts, NotRead)
    assert str(token.mint) in {one.holding.mint for one in facts.token_accounts}
    assert not isinstance(facts.activities, NotRead)
    assert any(leg.mint == str(token.mint) for one in facts.activities for leg in one.received)
    assert node.spent <= 30


async def test_each_part_that_is_refused_is_not_read_with_its_reason() -> None:
    facts = await gather_wallet(TableNode(), WALLET, chain="solana", now=NOW)
    for part in (facts.account, facts.history, facts.token_accounts, facts.activities):
        assert isinstance(part, NotRead)
        assert "the node refuses this method" in str(part.reason)
    assert not facts.activities_complete


async def test_what_cannot_be_read_of_token_accounts_is_said() -> None:
    node = TableNode(answers={"getTokenAccountsByOwner": {"value": [{"account": 5}]}})
    facts = await gather_wallet(node, WALLET, chain="solana", now=NOW)
    assert isinstance(facts.token_accounts, NotRead)
    assert "unreadable" in str(facts.token_accounts.reason)


async def test_only_the_latest_transactions_are_read_and_times_that_cannot_be_are_left_out() -> None:
    listed = [
        {"signature": f"s{number}", "slot": 900 - number, "blockTime": NOW - number, "err": None}
        for number in range(40)
    ]
    listed[0]["blockTime"] = NOW * 1_000
    account = Account(address=WALLET, owner=SYSTEM, executable=False, lamports=1, data=b"", slot=5)
    node = TableNode({WALLET: account}, {"getSignaturesForAddress": listed})
    facts = await gather_wallet(node, WALLET, chain="solana", now=NOW)
    assert isinstance(facts.history, History)
    assert len(facts.history.times) == 39
    assert facts.history.is_complete
    assert node.asked.count("getTransaction") <= MAX_LATEST
    assert not facts.activities_complete
