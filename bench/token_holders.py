"""Wallets of a local chain that hold tokens, and deposits that name a token account and not its owner."""

from collections.abc import Sequence

from solders.account import Account
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.pubkey import Pubkey

from sandbox.actors.building import instructions as ix
from sandbox.actors.building.transaction_builder import TransactionOptions, build_transaction
from sandbox.actors.config import TokenPlan
from sandbox.actors.genesis.minting import mint_account_data
from sandbox.actors.genesis.tokens import GenesisChain, token_of, treasury
from sandbox.actors.market.tokens import LAMPORTS, Token

DECIMALS = 6
_SEED = 1
_NO_TABLE = AddressLookupTableAccount(Pubkey.default(), [])
_ACCOUNT_BYTES = 165
_STATE = 108
"""Where the state stands; 1: initialized."""


def give_tokens(chain: GenesisChain, wallets: Sequence[str], count: int) -> list[Token]:
    """Let each wallet hold so many tokens, each in a token account of its own; the tokens."""
    issuer, tokens = treasury(_SEED).pubkey(), [token_of(_SEED, _plan(number)) for number in range(count)]
    chain.airdrop(issuer, 10 * LAMPORTS)
    for token in tokens:
        _put(chain, token.mint, mint_account_data(DECIMALS, issuer), token)
        for wallet in wallets:
            owner = Pubkey.from_string(wallet)
            _put(chain, token.account_of(owner), _holding(token, owner), token)
    return tokens


def deposit(chain: GenesisChain, token: Token, wallet: str) -> str:
    """Put some of a token into the wallet's account; the signature of what does not name the wallet."""
    issuer = treasury(_SEED)
    minted = ix.mint_to(token, token.account_of(Pubkey.from_string(wallet)), issuer.pubkey(), 10**DECIMALS)
    options = TransactionOptions(blockhash=chain.latest_blockhash(), nonce=0, table=_NO_TABLE)
    return str(chain.send(build_transaction([minted], [issuer], options)))


def _plan(number: int) -> TokenPlan:
    name = f"HELD{number}"
    return TokenPlan(symbol=name, name=name, decimals=DECIMALS, supply=10**9, pool_lamports=LAMPORTS)


def _holding(token: Token, owner: Pubkey) -> bytes:
    data = bytearray(_ACCOUNT_BYTES)
    data[:72] = bytes(token.mint) + bytes(owner) + (10**DECIMALS).to_bytes(8, "little")
    data[_STATE] = 1
    return bytes(data)


def _put(chain: GenesisChain, key: Pubkey, data: bytes, token: Token) -> None:
    chain.put_account(key, Account(chain.minimum_balance(len(data)), data, token.program))
