"""Both halves of the sandbox run together."""

import aiohttp

from sandbox.local import LocalConfig, LocalSandbox


async def test_it_serves_a_chain_and_a_telegram_and_names_its_whales() -> None:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02)) as sandbox, aiohttp.ClientSession() as session:
        await sandbox.next_block()
        question = {"jsonrpc": "2.0", "id": 1, "method": "getHealth"}
        async with session.post(sandbox.chain.rpc_url, json=question) as answer:
            assert (await answer.json())["result"] == "ok"
        async with session.get(sandbox.telegram.url) as page:
            assert page.status == 200
        examples = dict(pair.split("=") for pair in sandbox.example_wallets.split(","))
        assert set(examples.values()) == {whale.address for whale in sandbox.simulation.whales}


async def test_it_notes_when_each_slot_became_a_block() -> None:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02)) as sandbox:
        for _ in range(3):
            await sandbox.next_block()
        times = list(sandbox.produced_at.values())
        assert times == sorted(times)
        assert len(times) >= 3
