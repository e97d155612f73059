import pytest
from types import SimpleNamespace
from chain.rpc.signatures import ListedSignature
from scanner.reconcile import address_histories as ah
pytestmark = pytest.mark.asyncio

class Accounts:
    async def of(self, wallet, max_age_seconds=0): return ()
async def test_two_states(monkeypatch):
    asked=[]
    async def hist(rpc, a, *, after, upto, commitment): return []
    async def sigs(rpc, a, *, after, upto, commitment):
        asked.append((a, after, upto)); return []
    monkeypatch.setattr(ah, "history_between", hist); monkeypatch.setattr(ah, "signatures_between", sigs)
    async def go(with_behind):
        asked.clear()
        h = ah.AddressHistories(None, SimpleNamespace(accounts=Accounts()), commitment="confirmed", every_seconds=30)
        h._has_begun = True
        slot = 100_000
        for n in range(1, 241):   # two hours of passes
            await h.listed(["A1","A2"], after=slot, upto=slot+75)
            await h.checked(["A1","A2"], upto=slot)
            h.passed()
            if n in with_behind:
                await h.listed(["B"], after=slot-500, upto=slot+75)
                await h.checked(["B"], upto=slot-500); h.passed()
            slot += 75
        cov=set()
        for a,f,t in asked:
            if a=="A1": cov |= set(range(f+1,t+1))
        return len(set(range(100_001, 100_001+75*119)) - cov)
    print("unchecked slots of first hour, alone:", await go(()))
    print("with a gained shard at passes 50 and 100:", await go((50,100)))
