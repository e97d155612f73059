"""Through which venues a transaction went, from the tree of program calls. Pure."""

from functools import lru_cache
from operator import itemgetter

import msgspec

from chain.decoders.programs import PROGRAMS, Role
from chain.parsing.json_shapes import Instruction
from chain.parsing.transaction import UNKNOWN, Transaction
from domain.activity.addresses import short
from domain.errors import Undecodable

_HIDDEN = frozenset({Role.BASIC, Role.PART})
_SHOWN = {address: program.role not in _HIDDEN for address, program in PROGRAMS.items()}
"""Whether a known program is a venue."""

_REMEMBERED = 8192
"""Ways kept in mind; most transactions go one of a few hundred ways."""

Step = tuple[int, str, bool]
"""How deep a program was called (1: by the transaction itself), its address, and whether it called others."""


class Way(msgspec.Struct, frozen=True, gc=False):
    """The venues a transaction went through."""

    venue: str | None
    """The name of the outermost trading program: a known one, if any is on the way, and no mere vault."""
    role: Role | None
    """What that program is for; None: not known."""
    ordered: bool
    """Whether a program for orders is on the way."""
    route: tuple[str, ...]
    """All of them by name, outermost first, no name twice in a row."""


def way_of(transaction: Transaction) -> Way:
    """The way of `transaction`, without plumbing and calls of programs to themselves.

    A program nobody knows counts where it called others: alone it moved nothing. Where there is no
    other, those that the transaction itself called count all the same.

    Raises:
        Undecodable: a program is called that is none of the transaction's accounts.
    """
    try:
        return _way(tuple(_steps(transaction)))
    except IndexError:
        raise Undecodable("a program is called that is none of the accounts") from None


def _steps(transaction: Transaction) -> list[Step]:
    """The calls of all programs but plumbing, in the order in which they ran."""
    keys = transaction.keys
    shown = [*map(_SHOWN.get, keys), None]
    groups = {group.index: group.instructions for group in transaction.inner}
    steps: list[Step] = []
    for at, outer in enumerate(transaction.instructions):
        place = outer.program_index
        group = groups.get(at, ())
        if shown[place] is not False:
            steps.append((1, _key(keys, place), bool(group)))
        for call in group:
            place = call.program_index
            if shown[place] is not False:
                depth = call.depth or 2
                steps.append((depth, _key(keys, place), shown[place] or _called_others(call, group)))
    return steps


def _key(keys: tuple[str, ...], place: int) -> str:
    return keys[place] if place < len(keys) else UNKNOWN


def _called_others(call: Instruction, group: tuple[Instruction, ...]) -> bool:
    """Whether the next that ran was called by `call`."""
    ran = next(at for at, one in enumerate(group) if one is call) + 1
    return ran < len(group) and (group[ran].depth or 2) > (call.depth or 2)


@lru_cache(_REMEMBERED)
def _way(steps: tuple[Step, ...]) -> Way:
    shown = [step for step in _not_within_itself(steps) if step[2] or step[1] in _SHOWN]
    shown = shown or [step for step in steps if step[0] == 1]
    known = [step for step in shown if step[1] in _SHOWN]
    trading = [step for step in known if PROGRAMS[step[1]].role is not Role.VAULT]
    outermost = min(trading or known or shown, key=itemgetter(0), default=None)
    names = [_name(program) for _, program, _ in shown]
    entry = PROGRAMS.get(outermost[1]) if outermost else None
    return Way(
        venue=_name(outermost[1]) if outermost else None,
        role=entry.role if entry else None,
        ordered=any(PROGRAMS[program].role is Role.ORDERS for _, program, _ in known),
        route=tuple([name for at, name in enumerate(names) if not at or name != names[at - 1]]),
    )


def _not_within_itself(steps: tuple[Step, ...]) -> list[Step]:
    """The steps without those that a program made to itself, as Anchor's events are."""
    path: list[Step] = []
    kept: list[Step] = []
    for step in steps:
        while path and path[-1][0] >= step[0]:
            path.pop()
        if all(step[1] != caller[1] for caller in path):
            kept.append(step)
        path.append(step)
    return kept


def _name(program: str) -> str:
    """What people call the program: its name, or its short address."""
    entry = PROGRAMS.get(program)
    return entry.name if entry is not None else short(program)
