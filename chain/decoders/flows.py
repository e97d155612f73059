"""What instructions moved from account to account, in order: whom a wallet paid and who paid it. Pure.

Balances say how much an owner gained and lost in all; this says to whom, where that matters: a tip and the
price of a trade leave the same account. Sources: the system program's instructions (solana
`system_instruction.rs`) and the token program's (spl-token `instruction.rs`). A program that moves lamports
out of its own accounts calls nobody for it, so that such a payment is only seen in the balances.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from chain.parsing.calls import Call, details_of
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, WRAPPED_SOL

SYSTEM = "11111111111111111111111111111111"
STAKE_PROGRAM = "Stake11111111111111111111111111111111111111"
TOKEN_PROGRAMS = (
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
)


class Move(Struct, frozen=True, gc=False):
    """An amount that went from one account to another."""

    source: str
    target: str
    mint: str
    """`SOL` also for wrapped SOL; empty: a token that the balances do not name."""
    raw: int
    at: int
    """The number of the call in the order in which they ran."""
    depth: int
    """1: the transaction itself asked for it."""
    is_token: bool
    """Whether a token program moved it."""


class Flows(Struct, gc=False):
    """All that moved in one transaction, and whose accounts it moved between."""

    owners: dict[str, str]
    """The owner of each token account, also of one that lived only within the transaction."""
    mints: dict[str, str]
    moves: list[Move] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    """Accounts that a program took over here: what they were given is their rent."""
    closed: dict[str, str] = field(default_factory=dict)
    """Token accounts that were closed, and who got their lamports."""
    used: set[str] = field(default_factory=set)
    """Accounts that were given to other programs than the system program: they may take part in a trade."""
    known_paid: dict[str, list[Move]] = field(default_factory=dict)
    """What `paid_by` gives of each wallet, once it has been asked for."""

    def owner_of(self, account: str) -> str:
        """Whose the account is: a token account's owner, or the account itself."""
        return self.owners.get(account, account)

    def paid_by(self, wallet: str) -> list[Move]:
        """What went from accounts of the wallet to accounts of others."""
        paid = self.known_paid.get(wallet)
        if paid is None:
            owner_of = self.owners.get
            paid = self.known_paid[wallet] = [
                move
                for move in self.moves
                if owner_of(move.source, move.source) == wallet != owner_of(move.target, move.target)
            ]
        return paid


_MOVING = frozenset({SYSTEM, *TOKEN_PROGRAMS})


def flows_in(transaction: Transaction, calls: list[Call]) -> Flows:
    """What these calls of the transaction moved."""
    keys = transaction.keys
    balances = transaction.pre_tokens + transaction.post_tokens
    known = [balance for balance in balances if balance.account < len(keys)]
    flows = Flows(
        owners={keys[balance.account]: balance.owner for balance in known if balance.owner},
        mints={keys[balance.account]: balance.mint for balance in known},
    )
    flows.used.update(*[call.accounts for call in calls if call.program != SYSTEM])
    for call in calls:
        if call.program in TOKEN_PROGRAMS:
            _note_owner(flows, call)
    for at, call in enumerate(calls):
        if call.program in _MOVING:
            _note_move(flows, call, at)
    return flows


_INITIALIZE = {1, 16, 18}
_KEY = 32


def _note_owner(flows: Flows, call: Call) -> None:
    """A new token account, with its owner, and one that is closed."""
    if call.parsed is not None:
        details = details_of(call)
        if call.parsed.startswith("initializeAccount"):
            flows.owners.setdefault(details.account, details.owner)
            flows.mints.setdefault(details.account, details.mint)
        elif call.parsed == "closeAccount":
            flows.owners.setdefault(details.account, details.owner)
            flows.closed[details.account] = details.destination
        return
    tag, accounts = call.prefix[:1], call.accounts
    if tag == b"\x09" and len(accounts) > 2:  # noqa: PLR2004 - account, where to, whose
        flows.owners.setdefault(accounts[0], accounts[2])
        flows.closed[accounts[0]] = accounts[1]
    elif tag and tag[0] in _INITIALIZE and len(accounts) > 1:
        flows.mints.setdefault(accounts[0], accounts[1])
        if tag == b"\x01" and len(accounts) > 2:  # noqa: PLR2004 - account, mint, owner
            flows.owners.setdefault(accounts[0], accounts[2])


def _note_move(flows: Flows, call: Call, at: int) -> None:
    is_token = call.program != SYSTEM
    found = _token_move(call) if is_token else _system_move(flows, call)
    if found is None:
        return
    source, target, raw = found
    mint = flows.mints.get(source) or flows.mints.get(target) or "" if is_token else SOL
    flows.moves.append(
        Move(source, target, SOL if mint == WRAPPED_SOL else mint, raw, at, call.depth, is_token)
    )


Moved = tuple[str, str, int] | None
"""From which account, to which, how much; None: nothing moved."""


def _token_move(call: Call) -> Moved:
    if call.parsed is not None:
        details = details_of(call)
        if not call.parsed.startswith("transfer"):
            return None
        amount = details.token_amount.raw if details.token_amount is not None else details.amount
        return details.source, details.destination, amount
    position = _TOKEN_TRANSFERS.get(call.prefix[0]) if call.prefix else None
    if position is None or len(call.accounts) <= position[0]:
        return None
    return call.accounts[0], call.accounts[position[0]], _u64(call.data, position[1])


_TOKEN_TRANSFERS = {3: (1, 1), 12: (2, 1), 26: (2, 2)}
"""Transfer, TransferChecked and TransferCheckedWithFee: which account is the target, where the amount is."""


def _system_move(flows: Flows, call: Call) -> Moved:
    if call.parsed is not None:
        return _parsed_system_move(flows, call)
    handle = _SYSTEM_TAGS.get(call.prefix[0]) if call.prefix else None
    return handle(flows, call) if handle is not None and call.accounts else None


def _parsed_system_move(flows: Flows, call: Call) -> Moved:
    details = details_of(call)
    if call.parsed in {"assign", "allocate"}:
        flows.opened.add(details.account)
        return None
    if call.parsed in {"createAccount", "createAccountWithSeed"}:
        if details.owner != STAKE_PROGRAM:
            flows.opened.add(details.new_account)
        return details.source, details.new_account, details.lamports
    if call.parsed in {"transfer", "transferWithSeed"}:
        return details.source, details.destination, details.lamports
    return None


def _create(flows: Flows, call: Call) -> Moved:
    data = call.data
    return _created(flows, call, _u64(data, 4), data[20 : 20 + _KEY])


def _create_with_seed(flows: Flows, call: Call) -> Moved:
    data = call.data
    after_seed = 44 + _u64(data, 36)
    return _created(flows, call, _u64(data, after_seed), data[after_seed + 16 : after_seed + 16 + _KEY])


def _created(flows: Flows, call: Call, lamports: int, program: bytes) -> Moved:
    if len(call.accounts) < 2:  # noqa: PLR2004 - from and to
        return None
    if program != _STAKE_KEY:
        flows.opened.add(call.accounts[1])
    return call.accounts[0], call.accounts[1], lamports


def _taken_over(flows: Flows, call: Call) -> Moved:
    flows.opened.add(call.accounts[0])
    return None


def _transferred(_: Flows, call: Call) -> Moved:
    if len(call.accounts) < 2:  # noqa: PLR2004 - from and to
        return None
    return call.accounts[0], call.accounts[-1 if call.prefix[0] == _WITH_SEED else 1], _u64(call.data, 4)


_WITH_SEED = 11
_STAKE_KEY = bytes.fromhex("06a1d8179137542a983437bdfe2a7ab2557f535c8a78722b68a49dc000000000")
_SYSTEM_TAGS: dict[int, Callable[[Flows, Call], Moved]] = {
    0: _create,
    1: _taken_over,
    2: _transferred,
    3: _create_with_seed,
    8: _taken_over,
    _WITH_SEED: _transferred,
}


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def total(moves: Iterable[Move]) -> int:
    """All lamports, of native and wrapped SOL, in the moves."""
    return sum([move.raw for move in moves if move.mint == SOL])
