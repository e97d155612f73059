"""Methods about accounts and tokens."""

from typing import Any

import pytest

from sandbox.chain.encodings.tokens import TOKEN
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import TokenIssuer, key

pytestmark = pytest.mark.enable_socket
CONFIRMED = {"commitment": "processed", "encoding": "base64"}


@pytest.fixture
async def issuer(local: SandboxChain) -> TokenIssuer:
    """A token that two people own."""
    found = TokenIssuer(local.chain)
    found.open_mint()
    found.give(key(1).pubkey(), 500)
    found.give(key(2).pubkey(), 700)
    await local.step()
    return found


async def test_token_accounts_are_listed_by_mint_and_by_program(ask: Ask, issuer: TokenIssuer) -> None:
    owner, mint = str(key(1).pubkey()), str(issuer.mint.pubkey())
    for selected in ({"mint": mint}, {"programId": str(TOKEN)}):
        answer = await ask("getTokenAccountsByOwner", owner, selected, CONFIRMED | {"encoding": "jsonParsed"})
        (found,) = answer["result"]["value"]
        assert found["pubkey"] == str(issuer.account_of(key(1).pubkey()))
        assert found["account"]["data"]["parsed"]["info"]["tokenAmount"]["amount"] == "500"


async def test_supply_and_largest_holders_are_exact(ask: Ask, issuer: TokenIssuer) -> None:
    mint = str(issuer.mint.pubkey())
    supply = (await ask("getTokenSupply", mint, CONFIRMED))["result"]["value"]
    assert supply["amount"] == "1200"
    largest = (await ask("getTokenLargestAccounts", mint, CONFIRMED))["result"]["value"]
    assert [row["amount"] for row in largest] == ["700", "500"]


async def test_several_accounts_come_in_order_with_null_for_missing_ones(
    ask: Ask, issuer: TokenIssuer
) -> None:
    keys = [str(key(99).pubkey()), str(issuer.mint.pubkey())]
    value: list[Any] = (await ask("getMultipleAccounts", keys, CONFIRMED))["result"]["value"]
    assert value[0] is None
    assert value[1]["owner"] == str(TOKEN)


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("getTokenSupply", [str(key(98).pubkey())], "Invalid param: could not find account"),
        (
            "getTokenAccountsByOwner",
            [str(key(1).pubkey()), {"mint": str(key(98).pubkey())}],
            "Invalid param: could not find mint",
        ),
        (
            "getTokenAccountsByOwner",
            [str(key(1).pubkey()), {"programId": str(key(98).pubkey())}],
            "Invalid param: unrecognized Token program id",
        ),
        ("getMultipleAccounts", [[str(key(1).pubkey())] * 101], "Too many inputs provided; max 100"),
    ],
)
async def test_what_is_no_token_is_refused(ask: Ask, method: str, params: list[Any], message: str) -> None:
    assert (await ask(method, *params))["error"]["message"] == message
