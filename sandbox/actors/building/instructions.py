"""Instructions of the System, token, associated-account, compute-budget and memo programs. Pure.

They are built from bytes, as the sources of the programs define them: the `spl` package checks each
instruction by pydantic, which costs more than running it.
"""

import struct

from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey
from solders.system_program import ID as SYSTEM_PROGRAM
from solders.system_program import TransferParams
from solders.system_program import transfer as system_transfer
from spl.memo.constants import MEMO_PROGRAM_ID
from spl.token.constants import ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_PROGRAM_ID, WRAPPED_SOL_MINT

from sandbox.actors.market.tokens import Token, associated

_MINT_TO, _CLOSE, _TRANSFER, _TRANSFER_CHECKED, _SYNC_NATIVE = 7, 9, 3, 12, 17
_SET_AUTHORITY, _TRANSFER_FEE, _HARVEST = 6, 26, 4


def transfer_sol(source: Pubkey, dest: Pubkey, lamports: int) -> Instruction:
    """Transfer SOL.

    Args:
        source: pays, and signs.
        dest: need not exist; what arrives must be enough for its rent, if it does not.
        lamports: above zero.
    """
    return system_transfer(TransferParams(from_pubkey=source, to_pubkey=dest, lamports=lamports))


def compute_budget(units: int, micro_lamports: int) -> list[Instruction]:
    """Set the compute unit limit and, unless it is 0, the price of a unit."""
    limit = [set_compute_unit_limit(units)]
    return [*limit, set_compute_unit_price(micro_lamports)] if micro_lamports else limit


def memo(author: Pubkey, text: str) -> Instruction:
    """Write `text` on chain, signed by `author`."""
    return Instruction(
        MEMO_PROGRAM_ID, text.encode(), [AccountMeta(author, is_signer=True, is_writable=False)]
    )


def create_account(payer: Pubkey, owner: Pubkey, mint: Pubkey, program: Pubkey) -> Instruction:
    """Create the owner's associated account for a mint, unless it exists.

    Args:
        payer: signs, and pays the rent.
        owner: of the account; need not sign.
        mint: of the token.
        program: the token program that owns the mint.
    """
    metas = [
        AccountMeta(payer, is_signer=True, is_writable=True),
        _writable(associated(owner, mint, program)),
        *(_readonly(key) for key in (owner, mint, SYSTEM_PROGRAM, program)),
    ]
    return Instruction(ASSOCIATED_TOKEN_PROGRAM_ID, bytes([1]), metas)


def create_account_for(payer: Pubkey, owner: Pubkey, token: Token) -> Instruction:
    """Create the owner's associated account for a token, unless it exists.

    Args:
        payer: signs, and pays the rent.
        owner: of the account; need not sign.
        token: whose mint and program count.
    """
    return create_account(payer, owner, token.mint, token.program)


def wrapped_account(owner: Pubkey) -> Pubkey:
    """The owner's account for wrapped SOL."""
    return associated(owner, WRAPPED_SOL_MINT, TOKEN_PROGRAM_ID)


def create_wrapped_account(owner: Pubkey) -> Instruction:
    """Create the owner's account for wrapped SOL, unless it exists."""
    return create_account(owner, owner, WRAPPED_SOL_MINT, TOKEN_PROGRAM_ID)


def wrap(owner: Pubkey, lamports: int) -> list[Instruction]:
    """Wrap SOL of the owner."""
    account = wrapped_account(owner)
    sync = Instruction(TOKEN_PROGRAM_ID, bytes([_SYNC_NATIVE]), [_writable(account)])
    return [create_wrapped_account(owner), transfer_sol(owner, account, lamports), sync]


def unwrap(owner: Pubkey) -> Instruction:
    """Close the owner's wrapped-SOL account, which unwraps its balance and its rent."""
    return close(TOKEN_PROGRAM_ID, wrapped_account(owner), owner)


def close(program: Pubkey, account: Pubkey, owner: Pubkey) -> Instruction:
    """Close an empty (or native) token account; its lamports go to the owner.

    Args:
        program: the token program that owns the account.
        account: holds no tokens; one of wrapped SOL may.
        owner: signs, and gets the lamports.
    """
    return Instruction(program, bytes([_CLOSE]), [_writable(account), _writable(owner), _signer(owner)])


def transfer_checked(token: Token, source: Pubkey, dest: Pubkey, owner: Pubkey, amount: int) -> Instruction:
    """Transfer tokens between two token accounts by TransferChecked, which names the mint.

    Args:
        token: names mint, decimals and program.
        source: the token account that gives.
        dest: the token account that gets; it must exist.
        owner: of `source`; signs.
        amount: raw units that leave; a transfer fee is withheld of what arrives.
    """
    data = struct.pack("<BQB", _TRANSFER_CHECKED, amount, token.decimals)
    metas = [_writable(source), _readonly(token.mint), _writable(dest), _signer(owner)]
    return Instruction(token.program, data, metas)


def transfer_unchecked(token: Token, source: Pubkey, dest: Pubkey, owner: Pubkey, amount: int) -> Instruction:
    """Transfer tokens by the old Transfer, which names neither the mint nor the owner of `dest`.

    Args:
        token: only its program counts; mints with a transfer fee refuse this instruction.
        source: the token account that gives.
        dest: the token account that gets; it must exist.
        owner: of `source`; signs.
        amount: raw units.
    """
    data = struct.pack("<BQ", _TRANSFER, amount)
    return Instruction(token.program, data, [_writable(source), _writable(dest), _signer(owner)])


def transfer_wrapped(source: Pubkey, dest: Pubkey, owner: Pubkey, lamports: int) -> Instruction:
    """Transfer wrapped SOL between two token accounts.

    Args:
        source: the wrapped-SOL account that gives.
        dest: the wrapped-SOL account that gets; it must exist.
        owner: of `source`; signs.
        lamports: at most what `source` holds beyond its rent.
    """
    data = struct.pack("<BQB", _TRANSFER_CHECKED, lamports, 9)
    metas = [_writable(source), _readonly(WRAPPED_SOL_MINT), _writable(dest), _signer(owner)]
    return Instruction(TOKEN_PROGRAM_ID, data, metas)


def mint_to(token: Token, dest: Pubkey, authority: Pubkey, amount: int) -> Instruction:
    """Mint tokens.

    Args:
        token: names mint and program.
        dest: the token account that gets them; it must exist.
        authority: may mint; signs.
        amount: raw units.
    """
    data = struct.pack("<BQ", _MINT_TO, amount)
    return Instruction(token.program, data, [_writable(token.mint), _writable(dest), _signer(authority)])


def revoke_authority(token: Token, authority: Pubkey, power: int) -> Instruction:
    """Give up an authority of the mint forever.

    Args:
        token: names mint and program.
        authority: has the power now; signs.
        power: 0: to mint, 1: to freeze.
    """
    metas = [_writable(token.mint), _signer(authority)]
    return Instruction(token.program, bytes([_SET_AUTHORITY, power, 0]), metas)


def harvest_fees(token: Token, account: Pubkey) -> Instruction:
    """Move withheld transfer fees from `account` to the mint; only then can the account be closed."""
    return Instruction(
        token.program, bytes([_TRANSFER_FEE, _HARVEST]), [_writable(token.mint), _writable(account)]
    )


def _writable(key: Pubkey) -> AccountMeta:
    return AccountMeta(key, is_signer=False, is_writable=True)


def _readonly(key: Pubkey) -> AccountMeta:
    return AccountMeta(key, is_signer=False, is_writable=False)


def _signer(key: Pubkey) -> AccountMeta:
    return AccountMeta(key, is_signer=True, is_writable=False)
