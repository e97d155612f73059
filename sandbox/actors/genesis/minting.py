"""The accounts and instructions that create mints of SPL Token and Token-2022. Pure."""

import struct
from dataclasses import dataclass
from hashlib import sha256

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account

from sandbox.actors.config import TokenPlan
from sandbox.actors.market.tokens import Token

MINT_SIZE = 82
"""The bytes of a mint without extensions."""

_EXTENDED, _TLV_HEAD = 166, 4
_METADATA_POINTER, _TRANSFER_FEE, _PERMANENT_DELEGATE = 64, 108, 32
_INITIALIZE_MINT2 = 20
_NAME_MINT = sha256(b"spl_token_metadata_interface:initialize_account").digest()[:8]
_UPDATE_AUTHORITY = sha256(b"spl_token_metadata_interface:update_the_authority").digest()[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class MintCreation:
    """A mint to create, and who creates it."""

    plan: TokenPlan
    token: Token
    treasury: Pubkey
    """Pays, receives the supply, and keeps the authorities that are not given up."""

    @property
    def size(self) -> int:
        """The bytes that the account is created with."""
        return _extended_size(self.plan) if self.plan.is_2022 else MINT_SIZE

    @property
    def final_size(self) -> int:
        """The bytes of the account with its metadata; the rent must be enough for them from the start."""
        return self.size + (_metadata_size(self.plan) if self.plan.is_2022 else 0)


def mint_account_data(decimals: int, authority: Pubkey, *, freezable: bool = True) -> bytes:
    """The data of an initialized mint with no supply.

    Args:
        decimals: of the token.
        authority: may mint, and freeze if that is possible.
        freezable: whether it may freeze; else nobody can.
    """
    power, none = struct.pack("<I", 1) + bytes(authority), bytes(36)
    return power + struct.pack("<QBB", 0, decimals, 1) + (power if freezable else none)


def wrapped_sol_data() -> bytes:
    """The data of the mint of wrapped SOL, which has no authorities."""
    nobody = struct.pack("<I", 0) + bytes(32)
    return nobody + struct.pack("<QBB", 0, 9, 1) + nobody


def creation_instructions(creation: MintCreation, lamports: int) -> list[Instruction]:
    """Create and initialize the mint, with its extensions and, on Token-2022, its metadata.

    Args:
        creation: the mint to create.
        lamports: rent for `creation.final_size`.
    """
    params = CreateAccountParams(
        from_pubkey=creation.treasury,
        to_pubkey=creation.token.mint,
        lamports=lamports,
        space=creation.size,
        owner=creation.token.program,
    )
    named = [_name(creation)] if creation.plan.is_2022 else []
    return [create_account(params), *_extensions(creation), _initialise(creation), *named]


def revoke_metadata_authority(creation: MintCreation) -> Instruction:
    """Give up the authority over Token-2022 metadata forever."""
    metas = [
        AccountMeta(creation.token.mint, is_signer=False, is_writable=True),
        _authority(creation.treasury),
    ]
    return Instruction(creation.token.program, _UPDATE_AUTHORITY + bytes(32), metas)


def _initialise(creation: MintCreation) -> Instruction:
    freezer = b"\x01" + bytes(creation.treasury) if creation.plan.freezable else b"\x00"
    data = bytes([_INITIALIZE_MINT2, creation.token.decimals]) + bytes(creation.treasury) + freezer
    return _on_mint(creation, data)


def _extensions(creation: MintCreation) -> list[Instruction]:
    plan, treasury = creation.plan, bytes(creation.treasury)
    if not plan.is_2022:
        return []
    found = [_on_mint(creation, bytes([39, 0]) + treasury + bytes(creation.token.mint))]
    if plan.fee_bps:
        powers = (b"\x01" + treasury) * 2
        fee = struct.pack("<HQ", plan.fee_bps, creation.token.max_fee)
        found.append(_on_mint(creation, bytes([26, 0]) + powers + fee))
    if plan.seizable:
        found.append(_on_mint(creation, bytes([35]) + treasury))
    return found


def _name(creation: MintCreation) -> Instruction:
    mint, treasury = creation.token.mint, creation.treasury
    metas = [
        AccountMeta(mint, is_signer=False, is_writable=True),
        AccountMeta(treasury, is_signer=False, is_writable=False),
        AccountMeta(mint, is_signer=False, is_writable=False),
        _authority(treasury),
    ]
    texts = b"".join(_borsh(text) for text in (creation.plan.name, creation.plan.symbol, creation.plan.uri))
    return Instruction(creation.token.program, _NAME_MINT + texts, metas)


def _extended_size(plan: TokenPlan) -> int:
    sizes = [_METADATA_POINTER]
    sizes += [_TRANSFER_FEE] if plan.fee_bps else []
    sizes += [_PERMANENT_DELEGATE] if plan.seizable else []
    return _EXTENDED + sum(_TLV_HEAD + size for size in sizes)


def _metadata_size(plan: TokenPlan) -> int:
    texts = sum(len(_borsh(text)) for text in (plan.name, plan.symbol, plan.uri))
    return _TLV_HEAD + 32 + 32 + texts + 4


def _borsh(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<I", len(raw)) + raw


def _on_mint(creation: MintCreation, data: bytes) -> Instruction:
    return Instruction(
        creation.token.program, data, [AccountMeta(creation.token.mint, is_signer=False, is_writable=True)]
    )


def _authority(key: Pubkey) -> AccountMeta:
    return AccountMeta(key, is_signer=True, is_writable=False)
