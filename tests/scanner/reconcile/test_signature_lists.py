"""What is listed for wallets: of themselves and of their token accounts, without what failed."""

import pytest

from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.reconcile.signature_lists import SignatureLists
from scanner.reconcile.slot_result import FetchedBlock
from scanner.wallets.token_accounts import TokenAccounts
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, pay, signed
from tests.scanner.reconciling import steps
from tests.scanner.world import Whale

pytestmark = pytest.mark.enable_socket


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
