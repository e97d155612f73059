"""The facts of a mint account. Verdicts on them: `domain/security/scan.py`."""

import msgspec

TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"  # noqa: S105 - a public address
TOKEN_2022_PROGRAM = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"  # noqa: S105 - the same
TOKEN_PROGRAMS = (TOKEN_PROGRAM, TOKEN_2022_PROGRAM)


class MintFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A mint account, read at one slot. An authority of None is given up for good."""

    address: str
    program: str
    """The token program that owns the account."""
    decimals: int
    supply: int
    """In the smallest unit."""
    mint_authority: str | None
    """Who may make more."""
    freeze_authority: str | None
    """Who may freeze a holder's account."""
    permanent_delegate: str | None = None
    """Who may move or burn anybody's tokens."""
    close_authority: str | None = None
    """Who may close the mint once its supply is zero."""
    transfer_fee: "TransferFee | None" = None
    """None: the mint has no such extension."""
    transfer_hook: "TransferHook | None" = None
    default_frozen: bool = False
    """New accounts begin frozen."""
    non_transferable: bool = False
    pausable: "Pausable | None" = None
    confidential: bool = False
    """Amounts may be hidden."""
    rescaled: bool = False
    """Shown amounts grow by interest or by a multiplier."""
    unknown_extensions: tuple[int, ...] = ()
    """Extension types that this version does not know."""
    name: str | None = None
    """From the metadata extension; hostile until escaped."""
    symbol: str | None = None
    slot: int | None = None
    """The node's slot at the reading."""


class TransferFee(msgspec.Struct, frozen=True, kw_only=True):
    """A fee taken at each transfer, in hundredths of a per cent."""

    basis_points: int
    """The higher of the fee in force and the one that is scheduled."""
    authority: str | None
    """Who may raise it."""


class TransferHook(msgspec.Struct, frozen=True, kw_only=True):
    """A program that is asked at each transfer and may refuse it."""

    program: str | None
    authority: str | None
    """Who may set another program."""


class Pausable(msgspec.Struct, frozen=True, kw_only=True):
    """All transfers may be stopped."""

    authority: str | None
    paused: bool


class TokenName(msgspec.Struct, frozen=True, kw_only=True):
    """How a mint calls itself; hostile until escaped."""

    mint: str
    symbol: str | None
    name: str | None
    decimals: int
    supply: int | None = None
    """In the smallest unit; None: not read."""


class TokenAge(msgspec.Struct, frozen=True, kw_only=True):
    """When a mint was created."""

    created_at: int
    """Unix seconds."""
    is_exact: bool
    """False: it was created then or before."""
