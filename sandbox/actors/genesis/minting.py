"""How a mint comes into being: the accounts and instructions of SPL Token and Token-2022 mints. Pure."""

import struct
from dataclasses import dataclass
from hashlib import sha256

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account

from sandbox.actors.config import TokenPlan
from sandbox.actors.market.tokens import Token

MINT_SIZE = 82
"""Bytes of a mint without extensions."""

_EXTENDED, _TLV_HEAD = 166, 4
_METADATA_POINTER, _TRANSFER_FEE, _PERMANENT_DELEGATE = 64, 108, 32
_INITIALIZE_MINT2 = 20
_NAME_MINT = sha256(b"spl_token_metadata_interface:initialize_account").digest()[:8]
_UPDATE_AUTHORITY = sha256(b"spl_token_metadata_interface:update_the_authority").digest()[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A mint to be made: what its plan says, and who makes it."""

    plan: TokenPlan
    token: Token
    treasury: Pubkey
    """Pays, receives the supply, and holds whatever powers stay."""

    @property
    def size(self) -> int:
        """Bytes the account is created with."""
        return _extended_size(self.plan) if self.plan.is_2022 else MINT_SIZE

    @property
    def final_size(self) -> int:
        """Bytes it has once its name is written into it, for which its rent must be enough from the start."""
        return self.size + (_metadata_size(self.plan) if self.plan.is_2022 else 0)


def mint_account_data(decimals: int, authority: Pubkey) -> bytes:
    """A finished mint with no supply, whose `authority` may mint and freeze; as SPL Token stores it."""
    power = struct.pack("<I", 1) + bytes(authority)
    return power + struct.pack("<QBB", 0, decimals, 1) + power


def wrapped_sol_data() -> bytes:
    """The mint of wrapped SOL, which nobody may mint or freeze."""
    nobody = struct.pack("<I", 0) + bytes(32)
    return nobody + struct.pack("<QBB", 0, 9, 1) + nobody


def creation(birth: Birth, lamports: int) -> list[Instruction]:
    """Create and initialise the mint, with its extensions and, on Token-2022, its name.

    Args:
        birth: what is born.
        lamports: rent for `birth.final_size`.
    """
    params = CreateAccountParams(
        from_pubkey=birth.treasury,
        to_pubkey=birth.token.mint,
        lamports=lamports,
        space=birth.size,
        owner=birth.token.program,
    )
    named = [_name(birth)] if birth.plan.is_2022 else []
    return [create_account(params), *_extensions(birth), _initialise(birth), *named]


def renounce_name(birth: Birth) -> Instruction:
    """Give up the power to change a Token-2022 name for ever."""
    metas = [AccountMeta(birth.token.mint, is_signer=False, is_writable=True), _authority(birth.treasury)]
    return Instruction(birth.token.program, _UPDATE_AUTHORITY + bytes(32), metas)


def _initialise(birth: Birth) -> Instruction:
    freezer = b"\x01" + bytes(birth.treasury) if birth.plan.freezable else b"\x00"
    data = bytes([_INITIALIZE_MINT2, birth.token.decimals]) + bytes(birth.treasury) + freezer
    return _on_mint(birth, data)


def _extensions(birth: Birth) -> list[Instruction]:
    plan, treasury = birth.plan, bytes(birth.treasury)
    if not plan.is_2022:
        return []
    found = [_on_mint(birth, bytes([39, 0]) + treasury + bytes(birth.token.mint))]
    if plan.fee_bps:
        powers = (b"\x01" + treasury) * 2
        fee = struct.pack("<HQ", plan.fee_bps, birth.token.fee_cap)
        found.append(_on_mint(birth, bytes([26, 0]) + powers + fee))
    if plan.seizable:
        found.append(_on_mint(birth, bytes([35]) + treasury))
    return found


def _name(birth: Birth) -> Instruction:
    mint, treasury = birth.token.mint, birth.treasury
    metas = [
        AccountMeta(mint, is_signer=False, is_writable=True),
        AccountMeta(treasury, is_signer=False, is_writable=False),
        AccountMeta(mint, is_signer=False, is_writable=False),
        _authority(treasury),
    ]
    texts = b"".join(_borsh(text) for text in (birth.plan.name, birth.plan.symbol, birth.plan.uri))
    return Instruction(birth.token.program, _NAME_MINT + texts, metas)


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


def _on_mint(birth: Birth, data: bytes) -> Instruction:
    return Instruction(
        birth.token.program, data, [AccountMeta(birth.token.mint, is_signer=False, is_writable=True)]
    )


def _authority(key: Pubkey) -> AccountMeta:
    return AccountMeta(key, is_signer=True, is_writable=False)
