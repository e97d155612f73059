"""Each habit over a few hundred slots of a real chain: what it does there is what its sentence says."""

from dataclasses import replace

from solders.pubkey import Pubkey

from domain.activity.activity import SOL, Kind
from sandbox.actors.config import Population
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.operations import Deed
from sandbox.actors.residents.population import census_of
from sandbox.actors.strategies.holder import GATHERED
from sandbox.actors.strategies.seller import PARTS
from sandbox.actors.strategies.slicer import SLICES
from tests.sandbox.actors.conftest import QUIET, Place, Settle
from tests.sandbox.actors.truth import by_signature, check, outcome_of

HURRIED = replace(QUIET, first=1, shortest=1, longest=2)


def lived(settle: Settle, name: str, slots: int = 300) -> tuple[Place, list[Deed]]:
    whales = tuple(plan for plan in Population().whales if plan.name == name)
    place = settle(Population(whales=whales, retail=0, clumsiness=0.0, pace=HURRIED))
    place.live(slots)
    check(place.blocks, place.town.journal)
    address = place.town.whale(name).address
    return place, [deed for deed in place.town.journal if deed.wallet == address]


def test_the_slicer_buys_in_equal_slices_and_then_sells_all(settle: Settle) -> None:
    place, deeds = lived(settle, "Ahab")
    kinds = [deed.kind for deed in deeds]
    assert kinds[: 2 * (SLICES + 1)] == ([Kind.BUY] * SLICES + [Kind.SELL]) * 2
    spent = [deed.paid[0].raw for deed in deeds[:SLICES]]
    assert max(spent) < 1.2 * min(spent)
    bought = sum(deed.received[0].raw for deed in deeds[:SLICES])
    assert deeds[SLICES].paid[0].raw == bought
    assert not any(deed.failed for deed in deeds)
    assert place.lamports(deeds[0].wallet) > 100 * LAMPORTS


def test_the_seller_sells_its_bag_in_parts(settle: Settle) -> None:
    place, deeds = lived(settle, "Bela")
    stock = 10_000_000 * 10**6
    assert [deed.kind for deed in deeds[:PARTS]] == [Kind.SELL] * PARTS
    assert sum(deed.paid[0].raw for deed in deeds[:PARTS]) == stock
    assert deeds[PARTS].kind is Kind.BUY
    assert place.town.token("MITTEN").leg(stock).mint == deeds[0].paid[0].mint


def test_the_holder_leaves_altogether(settle: Settle) -> None:
    place, deeds = lived(settle, "Cora")
    exits = [deed for deed in deeds if deed.kind is Kind.SELL]
    assert len(exits) > 5
    gathered = [deed.received[0].raw for deed in deeds[:GATHERED]]
    assert exits[0].paid[0].raw == sum(gathered)
    closed = by_signature(place.blocks)[exits[0].signature]
    account = place.town.token(exits[0].paid[0].mint).account_of(Pubkey.from_string(exits[0].wallet))
    assert outcome_of(closed).post_balances[closed.keys.index(str(account))] == 0


def test_the_transferrer_gives_sol_and_tokens_and_is_given_back(settle: Settle) -> None:
    place, deeds = lived(settle, "Dory")
    out = [deed for deed in deeds if deed.kind is Kind.TRANSFER_OUT]
    assert {SOL, str(place.town.token("KRILL").mint)} <= {deed.paid[-1].mint for deed in out}
    assert [deed for deed in deeds if deed.kind is Kind.TRANSFER_IN]
    recorded = by_signature(place.blocks)
    assert any(not set(recorded[deed.signature].keys) & set(friends_of(place)) for deed in out)


def friends_of(place: Place) -> list[str]:
    return [str(friend.key.pubkey()) for friend in census_of(place.town.population).friends]


def test_the_rotator_changes_tokens_for_tokens_and_dollars(settle: Settle) -> None:
    _, deeds = lived(settle, "Enki")
    assert {Kind.SWAP, Kind.SELL, Kind.BUY} == {deed.kind for deed in deeds}
    assert all(SOL not in {leg.mint for leg in (*deed.paid, *deed.received)} for deed in deeds[1:])
