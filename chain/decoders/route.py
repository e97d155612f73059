"""Through which venues a transaction went, from the tree of program calls. Pure."""

from functools import lru_cache
from operator import itemgetter

import msgspec

from chain.decoders.assets import PROGRAMS_OF_ASSETS
from chain.decoders.programs import PROGRAMS, Role
from chain.parsing.json_shapes import Instruction
from chain.parsing.transaction import UNKNOWN, Transaction
from domain.activity.addresses import short
from domain.errors import Undecodable

_HIDDEN = frozenset({Role.BASIC, Role.PART})
_IS_VENUE = {address: program.role not in _HIDDEN for address, program in PROGRAMS.items()}
"""Whether a known program is a venue."""

_MAX_CACHED = 8192
"""Routes kept; most transactions take one of a few hundred."""

CalledProgram = tuple[int, str, bool]
"""How deep a program was called (1: by the transaction itself), its address, and whether it called others."""


class Route(msgspec.Struct, frozen=True, gc=False):
    """The venues a transaction went through."""

    venue: str | None
    """The name of the outermost trading program: a known one, if the route has any, and no mere vault."""
    role: Role | None
    """What that program is for; None: nobody knows."""
    ordered: bool
    """Whether a program for orders is part of the route."""
    bridge: str | None
    """The name of a bridge that is part of the route; None: none is."""
    has_assets: bool
    """Whether a program was called that keeps assets without token accounts."""
    venues: tuple[str, ...]
    """All of them by name, outermost first, no name twice in a row."""


def route_of(transaction: Transaction) -> Route:
    """The route of `transaction`, without plumbing and calls of programs to themselves.

    An unknown program counts where it called others: alone it moved nothing. Where there is no other, the
    programs that the transaction itself called count all the same.

    Raises:
        Undecodable: a program is called that is none of the transaction's accounts.
    """
    try:
        calls = _calls_in_order(transaction)
    except IndexError:
        raise Undecodable("a program is called that is none of the accounts") from None
    return _route(tuple(calls))


def _calls_in_order(transaction: Transaction) -> list[CalledProgram]:
    """The calls of all programs but plumbing, in the order in which they ran."""
    names = (*transaction.keys, UNKNOWN)
    is_venue = [*map(_IS_VENUE.get, names)]
    groups: dict[int, tuple[Instruction, ...]] = {}
    for inner in transaction.inner:
        groups[inner.index] = inner.instructions
    calls: list[CalledProgram] = []
    for at, outer in enumerate(transaction.instructions):
        index = outer.program_index
        group = groups.get(at, ())
        if is_venue[index] is not False:
            calls.append((1, names[index], bool(group)))
        for call in group:
            index = call.program_index
            if is_venue[index] is not False:
                calls.append((call.depth or 2, names[index], is_venue[index] or _called_others(call, group)))
    return calls


def _called_others(call: Instruction, group: tuple[Instruction, ...]) -> bool:
    """Whether the next call in order was made by `call`."""
    following = next(at for at, one in enumerate(group) if one is call) + 1
    return following < len(group) and (group[following].depth or 2) > (call.depth or 2)


@lru_cache(_MAX_CACHED)
def _route(calls: tuple[CalledProgram, ...]) -> Route:
    counted = [call for call in _not_within_itself(calls) if call[2] or call[1] in _IS_VENUE]
    counted = counted or [call for call in calls if call[0] == 1]
    known = [call for call in counted if call[1] in _IS_VENUE]
    trading = [call for call in known if PROGRAMS[call[1]].role is not Role.VAULT]
    outermost = min(trading or known or counted, key=itemgetter(0), default=None)
    names = [_name(program) for _, program, _ in counted]
    entry = PROGRAMS.get(outermost[1]) if outermost else None
    return Route(
        venue=_name(outermost[1]) if outermost else None,
        role=entry.role if entry else None,
        ordered=any(PROGRAMS[program].role is Role.ORDERS for _, program, _ in known),
        bridge=next((_name(one) for _, one, _ in known if PROGRAMS[one].role is Role.BRIDGE), None),
        has_assets=any(program in PROGRAMS_OF_ASSETS for _, program, _ in calls),
        venues=tuple([name for at, name in enumerate(names) if not at or name != names[at - 1]]),
    )


def _not_within_itself(calls: tuple[CalledProgram, ...]) -> list[CalledProgram]:
    """The calls without those of a program to itself, which is how Anchor emits events."""
    path: list[CalledProgram] = []
    kept: list[CalledProgram] = []
    for call in calls:
        while path and path[-1][0] >= call[0]:
            path.pop()
        if all(call[1] != caller[1] for caller in path):
            kept.append(call)
        path.append(call)
    return kept


def _name(program: str) -> str:
    """What people call the program: its name, or its short address."""
    entry = PROGRAMS.get(program)
    return entry.name if entry is not None else short(program)
