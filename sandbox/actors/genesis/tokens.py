"""The first day: mints, pools and the lookup table, before anybody trades."""

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
from sandbox.actors.building.transaction_builder import Postage, seal
from sandbox.actors.config import TokenPlan
from sandbox.actors.genesis.metadata import (
    LOOKUP_PROGRAM,
    METADATA_PROGRAM,
    lookup_table_data,
    metadata_address,
    metadata_data,
)
from sandbox.actors.genesis.minting import Birth, creation, mint_account_data, renounce_name, wrapped_sol_data
from sandbox.actors.keys import keypair
from sandbox.actors.market.tokens import LAMPORTS, Pool, Token, associated
from sandbox.chain.chain_api import Ground

_TREASURY_LAMPORTS = 100 * LAMPORTS
_FEE_CAP_SHARE = 1_000
_MINTING = 0
_NO_TABLE = AddressLookupTableAccount(Pubkey.default(), [])


class NewGround(Ground, Protocol):
    """A ground on which accounts may still be put in place by decree."""

    def put_account(self, pubkey: Pubkey, account: Account) -> None:
        """Make `account` stand at `pubkey`, whatever was there."""


def treasury(seed: int) -> Keypair:
    """Who made all the tokens and holds the powers that were kept."""
    return keypair(seed, "treasury")


def token_of(seed: int, plan: TokenPlan) -> Token:
    """What the plan becomes: all its addresses are known before it exists."""
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
        fee_cap=plan.supply * 10**plan.decimals // _FEE_CAP_SHARE,
        pool=pool,
    )


def pool_key(seed: int, plan: TokenPlan) -> Keypair:
    """The key of the token's market maker."""
    return keypair(seed, f"pool/{plan.symbol}")


def lookup_table(seed: int, tokens: Sequence[Token]) -> AddressLookupTableAccount:
    """The table of what trades need most: mints and vaults."""
    addresses = [WRAPPED_SOL_MINT, TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, SYSTEM_PROGRAM]
    for token in tokens:
        addresses += [token.mint, token.pool.vault]
        addresses += [token.pool.sol_vault] if token.pool.sol_vault else []
    return AddressLookupTableAccount(keypair(seed, "lookup table").pubkey(), addresses)


def lay_ground(ground: NewGround, seed: int, tokens: Sequence[Token]) -> None:
    """Put in place what no transaction could: wrapped SOL's mint (where missing) and the lookup table."""
    if ground.account(WRAPPED_SOL_MINT) is None:
        _put(ground, WRAPPED_SOL_MINT, wrapped_sol_data(), TOKEN_PROGRAM_ID)
    table = lookup_table(seed, tokens)
    data = lookup_table_data(treasury(seed).pubkey(), table.addresses)
    _put(ground, table.key, data, LOOKUP_PROGRAM)
    ground.airdrop(treasury(seed).pubkey(), _TREASURY_LAMPORTS)


def found_token(ground: NewGround, seed: int, plan: TokenPlan, token: Token) -> None:
    """Make the mint, its name, its whole supply (half to the pool, half to the treasury) and its pool."""
    owner, pool = treasury(seed), pool_key(seed, plan)
    birth = Birth(plan=plan, token=token, treasury=owner.pubkey())
    if plan.address is None:
        rent = ground.minimum_balance(birth.final_size)
        _sign(ground, creation(birth, rent), owner, _mint_key(seed, plan))
    else:
        _put(ground, token.mint, mint_account_data(plan.decimals, owner.pubkey()), token.program)
    if not plan.is_2022:
        data = metadata_data(plan, token.mint, owner.pubkey())
        _put(ground, metadata_address(token.mint), data, METADATA_PROGRAM)
    ground.airdrop(pool.pubkey(), plan.pool_lamports + LAMPORTS)
    _sign(ground, _first_supply(birth), owner)
    if plan.wrapped:
        _sign(ground, ix.wrap(pool.pubkey(), plan.pool_lamports), pool)


def _first_supply(birth: Birth) -> list[Instruction]:
    token, owner, plan = birth.token, birth.treasury, birth.plan
    half = plan.supply * 10**plan.decimals // 2
    supply = [
        ix.open_for(owner, owner, token),
        ix.open_for(owner, token.pool.authority, token),
        ix.mint_to(token, token.account_of(owner), owner, half),
        ix.mint_to(token, token.pool.vault, owner, half),
    ]
    given_up = [] if plan.mintable else [ix.renounce(token, owner, _MINTING)]
    if plan.is_2022 and not plan.mutable:
        given_up.append(renounce_name(birth))
    return supply + given_up


def _mint_key(seed: int, plan: TokenPlan) -> Keypair:
    return keypair(seed, f"mint/{plan.symbol}")


def _put(ground: NewGround, key: Pubkey, data: bytes, owner: Pubkey) -> None:
    ground.put_account(key, Account(ground.minimum_balance(len(data)), data, owner))


def _sign(ground: Ground, instructions: Sequence[Instruction], *signers: Keypair) -> None:
    postage = Postage(blockhash=ground.latest_blockhash(), nonce=0, table=_NO_TABLE)
    ground.send(seal(instructions, signers, postage))
