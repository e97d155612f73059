"""Poisoned addresses: dust from senders whose addresses look like those that a wallet deals with. Pure."""

from collections.abc import Mapping, Sequence

from domain.activity.activity import SOL, Activity, Kind
from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Topic
from domain.security.wallet_facts import WalletFacts
from domain.sentences import sentence

DUST_LAMPORTS = 100_000
"""What poisoners send, so that their look-alike address stands in the history."""
_END = 4
"""Characters at each end of an address by which people compare."""


def look_alikes(facts: WalletFacts) -> Check:
    """Return whether dust came from addresses made to look like those that it deals with."""
    topic = Topic(name=CheckName.ADDRESS_POISONING, family=Family.IDENTITY, source=facts.source)
    if isinstance(facts.activities, NotRead):
        return topic.unknown(facts.activities.reason, Grade.C)
    found = imitators(facts.address, facts.activities)
    if not found:
        return topic.passed(sentence("No look-alikes among those that it dealt with."))
    fake, real = next(iter(found.items()))
    imitated = sentence(
        "{fake} sent it dust and looks like {real}, which it deals with.", fake=fake, real=real
    )
    return topic.failed(imitated, Grade.D)


def imitators(address: str, activities: Sequence[Activity]) -> Mapping[str, str]:
    """Senders of dust that look like somebody whom the wallet paid, or like itself; by whom they imitate."""
    paid = {one.counterparty for one in activities if one.kind is Kind.TRANSFER_OUT} - {None} | {address}
    known = {_ends(one): one for one in paid if one is not None}
    return {
        one.counterparty: known[_ends(one.counterparty)]
        for one in activities
        if one.counterparty is not None
        and one.counterparty not in paid
        and _is_dust(one)
        and _ends(one.counterparty) in known
    }


def _ends(address: str) -> tuple[str, str]:
    return address[:_END], address[-_END:]


def _is_dust(activity: Activity) -> bool:
    if activity.kind is not Kind.TRANSFER_IN:
        return False
    return all(leg.mint != SOL or leg.raw <= DUST_LAMPORTS for leg in activity.received)
