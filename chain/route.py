"""Through which venues a transaction went, from the tree of program calls. Pure."""

from chain.programs import PROGRAMS, Program, Role
from chain.transaction import UNKNOWN, Transaction
from chain.wire import Instruction
from domain.addresses import short

_HIDDEN = frozenset({Role.BASIC, Role.PART})
_SHOWN = {address: program.name for address, program in PROGRAMS.items() if program.role not in _HIDDEN}
_UNSHOWN = frozenset(PROGRAMS) - frozenset(_SHOWN)

Step = tuple[int, str]
"""How deep a program was called (1: by the transaction itself), and its address."""


def steps(transaction: Transaction) -> list[Step]:
    """The programs in the order in which they ran, without plumbing and calls to themselves.

    A program nobody knows counts where it called others: alone it moved nothing.
    """
    path: list[Step] = []
    way: list[Step] = []
    silent: list[Step] = []
    turns = _turns(transaction)
    last = len(turns) - 1
    for at, step in enumerate(turns):
        depth, program = step
        if program in _UNSHOWN:
            continue
        while path and path[-1][0] >= depth:
            path.pop()
        known = program in _SHOWN
        if (known or (at < last and turns[at + 1][0] > depth)) and not _within(program, path):
            way.append(step)
        elif not known and depth == 1:
            silent.append(step)
        path.append(step)
    return way or silent


def _within(program: str, path: list[Step]) -> bool:
    return any(program == caller for _, caller in path)


def _turns(transaction: Transaction) -> list[Step]:
    """Every call with its depth, in order; where the depth was not told, 2."""
    keys = transaction.keys
    groups = {group.index: group.instructions for group in transaction.inner}
    turns: list[Step] = []
    for at, outer in enumerate(transaction.instructions):
        turns.append((1, _program(outer, keys)))
        if at in groups:
            turns += [(inner.depth or 2, _program(inner, keys)) for inner in groups[at]]
    return turns


def _program(instruction: Instruction, keys: tuple[str, ...]) -> str:
    index = instruction.program_index
    if index is None:
        return instruction.program or UNKNOWN
    return keys[index] if index < len(keys) else UNKNOWN


def venue(way: list[Step]) -> str | None:
    """The address of the outermost trading program: a known one, if any is on the way."""
    known = [step for step in way if step[1] in _SHOWN]
    outermost = min(known or way, key=_depth, default=None)
    return outermost[1] if outermost else None


def _depth(step: Step) -> int:
    return step[0]


def named(program: str) -> str:
    """What people call the program: its name, or its short address."""
    return _SHOWN.get(program) or short(program)


def names(way: list[Step]) -> tuple[str, ...]:
    """The venues by name, outermost first, no name twice in a row."""
    told = [named(program) for _, program in way]
    return tuple([name for at, name in enumerate(told) if not at or name != told[at - 1]])


def role(program: str | None) -> Role | None:
    """What the program is for; None: not known."""
    entry: Program | None = PROGRAMS.get(program) if program else None
    return entry.role if entry else None
