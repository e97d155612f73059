"""A mint, its token accounts, and a node's list of them."""

from typing import Any

from solders.keypair import Keypair

from chain.rpc.accounts import Account
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from tests.chain import samples
from tests.chain.scans.tables import account, token_account

MINT = MintFacts(
    address=samples.address("mint"),
    program=TOKEN_PROGRAM,
    decimals=0,
    supply=1_000,
    mint_authority=None,
    freeze_authority=None,
)
ANNA, BELA = str(Keypair().pubkey()), str(Keypair().pubkey())
INCINERATOR = "1nc1nerator11111111111111111111111111111111"
NAMES = ("one", "two", "three", "four")
ADDRESSES = [samples.address(name) for name in NAMES]


def balances(*holdings: tuple[str, int], **more: Any) -> dict[str, Account | None]:
    return {
        address: account(address, token_account(more.get("mint", MINT.address), owner, raw, frozen=raw == 7))
        for address, (owner, raw) in zip(ADDRESSES, holdings, strict=False)
    }


LIST = {"value": [{"address": address, "amount": "5"} for address in ADDRESSES[:3]]}
BALANCES = balances((ANNA, 300), (INCINERATOR, 200), (ANNA, 7))
SELDOM = {"getSignaturesForAddress": [{"signature": "s"}] * 9}
OFTEN = {"getSignaturesForAddress": [{"signature": "s"}] * 1_000}
