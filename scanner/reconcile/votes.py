"""Decides which answer counts where nodes disagree about a wallet's activity. Pure."""

from collections.abc import Collection, Mapping, Sequence

from domain.activity.activity import Activity

ComparableForms = tuple[Activity, ...]
"""What a wallet did in a transaction; empty: nothing, or there is no such transaction."""
Answers = Mapping[str, Sequence[Activity]]
"""What each node says."""


def comparable_forms(activities: Sequence[Activity]) -> ComparableForms:
    """Return what was done, without what nodes need not agree on."""
    return tuple(one.essence() for one in activities)


def without_gaps(said: Answers, signed: Mapping[str, bool], gaps: Collection[str]) -> Answers:
    """The answers that count.

    Against a transaction that its signers signed, a node speaks only if it has the block: it may lack one
    since it began later than the others.

    Args:
        said: what each node says.
        signed: which of them show the transaction with its signatures.
        gaps: those without a block in that slot.
    """
    if not any(signed.values()):
        return said
    return {name: answer for name, answer in said.items() if name not in gaps}


def majority_answers(said: Answers, signed: Mapping[str, bool]) -> dict[str, Sequence[Activity]]:
    """The answers that say the same as the best one.

    Best is what most say; of two that differ, who shows a signature by the wallet itself.

    Args:
        said: what each node says, the best node first.
        signed: which of them show the transaction with its signatures.
    """
    votes = [comparable_forms(answer) for answer in said.values()]
    names = list(said)
    best = max(
        names,
        key=lambda name: (
            votes.count(comparable_forms(said[name])),
            signed[name],
            not said[name] and not any(signed.values()),
            -names.index(name),
        ),
    )
    return {
        name: answer
        for name, answer in said.items()
        if comparable_forms(answer) == comparable_forms(said[best])
    }
