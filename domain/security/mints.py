"""The facts of a mint account. Verdicts on them: `domain/security/scan.py`."""

from enum import StrEnum

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
    hidden_supply: bool = False
    """Tokens may be made and burned in hidden amounts, so the supply says too little."""
    rescaled: bool = False
    """Shown amounts grow by interest or by a multiplier."""
    burn_authority: str | None = None
    """Who must agree to each burn; None: everybody may burn their own."""
    extensions: tuple[str, ...] = ()
    """Names of the extensions, in the order in which they stand in the account."""
    unknown_extensions: tuple[int, ...] = ()
    """Extension types that this version does not know."""
    metadata: "Metadata | None" = None
    """From the metadata extension of the mint itself; hostile until escaped."""
    metadata_pointer: str | None = None
    """The account that the mint names as the place of its metadata, maybe itself; None: none."""
    pointer_authority: str | None = None
    """Who may name another place."""
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
    before: int | None = None
    """The fee until `from_epoch`."""
    after: int | None = None
    """The fee from then on."""
    from_epoch: int | None = None
    maximum: int | None = None
    """The most that one transfer costs, in the token's smallest unit: the higher of both."""


class TransferHook(msgspec.Struct, frozen=True, kw_only=True):
    """A program that is asked at each transfer and may refuse it."""

    program: str | None
    authority: str | None
    """Who may set another program."""


class Pausable(msgspec.Struct, frozen=True, kw_only=True):
    """All transfers may be stopped."""

    authority: str | None
    paused: bool


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """How a mint calls itself, and who may change that; hostile until escaped."""

    name: str | None
    symbol: str | None
    uri: str | None
    update_authority: str | None
    """Who may change it; None: nobody."""
    is_mutable: bool
    """Whether anything of it can still be changed."""
    mint: str | None = None
    """The mint that it says it belongs to; None: nobody, as in an account of another form."""


class TokenName(msgspec.Struct, frozen=True, kw_only=True):
    """How a mint calls itself, hostile until escaped, and what its account says beside that."""

    mint: str
    symbol: str | None
    name: str | None
    decimals: int
    supply: int | None = None
    """In the smallest unit; None: not read."""
    uri: str | None = None
    """Where its image and its description are said to be; nobody has looked there."""
    mint_authority: str | None = None
    """Who may make more; None: nobody, or it was not read."""
    freeze_authority: str | None = None


class TokenAge(msgspec.Struct, frozen=True, kw_only=True):
    """When a mint was created.

    `{"created_at":1700000000,"is_exact":true}`.
    """

    created_at: int
    """Unix seconds."""
    is_exact: bool
    """False: it was created then or before."""


class MinterKind(StrEnum):
    """Which kind of program mints a token."""

    STAKE_POOL = "stake pool"
    """Against staked SOL."""
    BRIDGE = "bridge"
    """Against a token of another chain."""


class Minter(msgspec.Struct, frozen=True, kw_only=True):
    """A program that mints a token against what is put in; its authority is derived, nobody has its key."""

    kind: MinterKind
    name: str
    authority: str
    """The only mint authority that it signs for."""
    account: str
    """The pool, state or program from which that is derived."""
