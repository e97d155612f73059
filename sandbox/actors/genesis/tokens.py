"""Creates mints, pools and the lookup table, before anybody trades."""

from collections.abc import Sequence
from typing import Protocol

from solders.account import Account
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.system_program import ID as SYSTEM_PROGRAM
from spl.token.constants import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, WRAPPED_SOL_MINT

from sandbox.actors.building import instructions as ix
from sandbox.actors.building.transaction_builder import TransactionOptions, build_transaction
from sandbox.actors.config import TokenPlan
from sandbox.actors.genesis.metadata import (
    LOOKUP_PROGRAM,
    METADATA_PROGRAM,
    lookup_table_data,
    metadata_address,
    metadata_data,
)
from sandbox.actors.genesis.minting import (
    MintCreation,
    creation_instructions,
    mint_account_data,
    revoke_metadata_authority,
    wrapped_sol_data,
)
from sandbox.actors.keys import keypair
from sandbox.actors.market.tokens import LAMPORTS, Pool, Token, associated
from sandbox.chain.chain_api import ChainApi

_TREASURY_LAMPORTS = 100 * LAMPORTS
_MAX_FEE_SHARE = 1_000
_MINTING = 0
_OWNER, _AMOUNT = slice(32, 64), slice(64, 72)
_KEPT = 8
"""The part of what a token's maker has that is not burned."""
BURN_ADDRESS = Pubkey.from_string("1nc1nerator11111111111111111111111111111111")
_NO_TABLE = AddressLookupTableAccount(Pubkey.default(), [])


class GenesisChain(ChainApi, Protocol):
    """A chain on which accounts may be written without any transaction."""

    def put_account(self, pubkey: Pubkey, account: Account) -> None:
        """Write `account` at `pubkey`, whatever is there."""


def treasury(seed: int) -> Keypair:
    """The key that creates all tokens and keeps their authorities."""
    return keypair(seed, "treasury")


def token_of(seed: int, plan: TokenPlan) -> Token:
    """The token of a plan; its addresses are known before it exists."""
    program = TOKEN_2022_PROGRAM_ID if plan.is_2022 else TOKEN_PROGRAM_ID
    mint = Pubkey.from_string(plan.address) if plan.address else _mint_key(seed, plan).pubkey()
    authority = pool_key(seed, plan).pubkey()
    pool = Pool(
        authority=authority,
        vault=associated(authority, mint, program),
        sol_vault=ix.wrapped_account(authority) if plan.wrapped else None,
    )
    return Token(
        symbol=plan.symbol,
        name=plan.name,
        mint=mint,
        decimals=plan.decimals,
        program=program,
        quote=plan.quote,
        fee_bps=plan.fee_bps,
        max_fee=plan.supply * 10**plan.decimals // _MAX_FEE_SHARE,
        pool=pool,
    )


def pool_key(seed: int, plan: TokenPlan) -> Keypair:
    """The key of the token's pool."""
    return keypair(seed, f"pool/{plan.symbol}")


def lookup_table(seed: int, tokens: Sequence[Token]) -> AddressLookupTableAccount:
    """The lookup table of trades: mints and vaults."""
    addresses = [WRAPPED_SOL_MINT, TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, SYSTEM_PROGRAM]
    for token in tokens:
        addresses += [token.mint, token.pool.vault]
        addresses += [token.pool.sol_vault] if token.pool.sol_vault else []
    return AddressLookupTableAccount(keypair(seed, "lookup table").pubkey(), addresses)


def create_base_accounts(chain: GenesisChain, seed: int, tokens: Sequence[Token]) -> None:
    """Write what no transaction can make: the mint of wrapped SOL, if it is missing, and the lookup table.

    Args:
        chain: is written to directly, without a transaction.
        seed: of the simulation; all keys follow from it.
        tokens: what the lookup table of trades names.
    """
    if chain.account(WRAPPED_SOL_MINT) is None:
        _put(chain, WRAPPED_SOL_MINT, wrapped_sol_data(), TOKEN_PROGRAM_ID)
    table = lookup_table(seed, tokens)
    data = lookup_table_data(treasury(seed).pubkey(), table.addresses)
    _put(chain, table.key, data, LOOKUP_PROGRAM)
    chain.airdrop(treasury(seed).pubkey(), _TREASURY_LAMPORTS)


def create_token(chain: GenesisChain, seed: int, plan: TokenPlan, token: Token) -> None:
    """Create the mint, its metadata, its supply (half to the pool, half to the treasury) and its pool.

    Args:
        chain: at its genesis.
        seed: of the simulation; all keys follow from it.
        plan: what the token is to be; with an address of its own the mint is written without a transaction.
        token: the same as a value, as `token_of` makes it of seed and plan.
    """
    owner, pool = treasury(seed), pool_key(seed, plan)
    creation = MintCreation(plan=plan, token=token, treasury=owner.pubkey())
    if plan.address is None:
        rent = chain.minimum_balance(creation.final_size)
        _sign(chain, creation_instructions(creation, rent), owner, _mint_key(seed, plan))
    else:
        data = mint_account_data(plan.decimals, owner.pubkey(), freezable=plan.freezable)
        _put(chain, token.mint, data, token.program)
    if not plan.is_2022:
        data = metadata_data(plan, token.mint, owner.pubkey())
        _put(chain, metadata_address(token.mint), data, METADATA_PROGRAM)
    chain.airdrop(pool.pubkey(), plan.pool_lamports + LAMPORTS)
    _sign(chain, _first_supply(creation), owner)
    if plan.wrapped:
        _sign(chain, ix.wrap(pool.pubkey(), plan.pool_lamports), pool)


def burn_rest(chain: GenesisChain, seed: int, token: Token) -> None:
    """Put most of what the treasury has left of a token to the burn address; it keeps a part.

    Args:
        chain: at its genesis; an account that is not there is left alone.
        seed: of the simulation; it says which key the treasury has.
        token: whose supply was created before.
    """
    left = token.account_of(treasury(seed).pubkey())
    account = chain.account(left)
    if account is None:
        return
    raw = int.from_bytes(account.data[_AMOUNT], "little")
    kept, burned = bytearray(account.data), bytearray(account.data)
    kept[_AMOUNT] = (raw // _KEPT).to_bytes(8, "little")
    burned[_AMOUNT] = (raw - raw // _KEPT).to_bytes(8, "little")
    burned[_OWNER] = bytes(BURN_ADDRESS)
    _put(chain, left, bytes(kept), token.program)
    _put(chain, token.account_of(BURN_ADDRESS), bytes(burned), token.program)


def _first_supply(creation: MintCreation) -> list[Instruction]:
    token, owner, plan = creation.token, creation.treasury, creation.plan
    half = plan.supply * 10**plan.decimals // 2
    supply = [
        ix.create_account_for(owner, owner, token),
        ix.create_account_for(owner, token.pool.authority, token),
        ix.mint_to(token, token.account_of(owner), owner, half),
        ix.mint_to(token, token.pool.vault, owner, half),
    ]
    given_up = [] if plan.mintable else [ix.revoke_authority(token, owner, _MINTING)]
    if plan.is_2022 and not plan.mutable:
        given_up.append(revoke_metadata_authority(creation))
    return supply + given_up


def _mint_key(seed: int, plan: TokenPlan) -> Keypair:
    return keypair(seed, f"mint/{plan.symbol}")


def _put(chain: GenesisChain, key: Pubkey, data: bytes, owner: Pubkey) -> None:
    chain.put_account(key, Account(chain.minimum_balance(len(data)), data, owner))


def _sign(chain: ChainApi, instructions: Sequence[Instruction], *signers: Keypair) -> None:
    options = TransactionOptions(blockhash=chain.latest_blockhash(), nonce=0, table=_NO_TABLE)
    chain.send(build_transaction(instructions, signers, options))
