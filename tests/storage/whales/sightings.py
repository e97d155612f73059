"""A whale search and what it sees, for tests of storage."""

from domain.whale_search import LAMPORTS, Sighting
from storage.whales.searches import NewWhaleSearch
from tests.storage.sample_data import ALICE, CHAIN

NEW = NewWhaleSearch(
    chain=CHAIN,
    update_id=1,
    started_by=ALICE,
    chat_id=ALICE,
    min_lamports=LAMPORTS,
    slots_per_step=8,
    seconds=1800,
)


def sighting(address: str, volume: int, *, kind: str = "buy", venue: str = "Town pool") -> Sighting:
    return Sighting(
        address=address,
        times_seen=1,
        volume=volume,
        largest=volume,
        kinds=frozenset({kind}),
        venues=frozenset({venue} if venue else ()),
        block_time=1_700_000_000,
        slot=101,
    )
