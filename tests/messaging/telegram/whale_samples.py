"""A whale search and a found whale."""

from datetime import UTC, datetime

from domain.whale_search import LAMPORTS, Whale, WhaleSearch, WhaleSearchStatus

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def whale(address: str = "7vfC", *, venues: tuple[str, ...] = ("Town pool",)) -> Whale:
    return Whale(
        address=address,
        times_seen=3,
        volume=84_200_000_001,
        largest=1,
        kinds=("buy", "sell"),
        venues=venues,
        first_seen_at=WHEN,
        last_seen_at=WHEN,
        last_slot=101,
    )


SEARCH = WhaleSearch(
    search_id=3,
    chain="sandbox",
    update_id=1,
    chat_id=2,
    status=WhaleSearchStatus.RUNNING,
    min_lamports=100 * LAMPORTS,
    slots_per_step=8,
    step_number=5,
    first_slot=None,
    last_slot=None,
    slots_scanned=0,
    swaps=0,
    transfers=0,
    volume=0,
    addresses_found=0,
    undecodable=0,
    requests=0,
    errors=0,
    errors_in_row=0,
    last_error=None,
    started_at=WHEN,
    seconds_left=1799.5,
    silent_seconds=0.4,
)
