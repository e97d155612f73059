"""What operators read of a whale search."""

from dataclasses import replace

from bench.telegram_links import links
from domain.whale_search import LAMPORTS, WhaleSearchStatus
from messaging.telegram.texts import whale_searches as texts
from tests.messaging.telegram.whale_samples import SEARCH


def test_a_running_one_tells_how_far_it_is() -> None:
    begun = texts.search_progress(SEARCH)
    assert "running · 29 min left · last heartbeat 0.4 s ago" in begun
    assert "Looks for 100 SOL or more · 8 blocks a step" in begun
    assert "1 block a step" in texts.search_progress(replace(SEARCH, slots_per_step=1))
    assert "No slot read yet" in begun
    assert "Errors" not in begun
    later = replace(SEARCH, last_slot=341_220_118, slots_scanned=1_234, swaps=5, volume=1_500 * LAMPORTS)
    assert "Slots 1,234, the last one 341,220,118" in texts.search_progress(later)
    assert "Swaps 5 · transfers 0 · volume 1,500 SOL" in texts.search_progress(later)


def test_what_a_node_said_is_shown_harmless() -> None:
    failed = replace(
        SEARCH,
        status=WhaleSearchStatus.FAILED,
        errors=10,
        errors_in_row=10,
        last_error="<b>http://x.example</b>\n",
    )
    text = texts.search_ended(failed)
    assert "failed after 10 errors in a row" in text
    assert "in a row 10 of 10 · last: &lt;b&gt;" in text
    assert links(text) == links(texts.search_ended(replace(failed, last_error="broken")))


def test_its_time_is_over_and_the_coin_has_the_chains_name() -> None:
    text = texts.search_ended(replace(SEARCH, status=WhaleSearchStatus.EXPIRED, chain="x1"))
    assert text.startswith("The time of this whale search is over.")
    assert "100 XNT" in text
    assert "🏁 expired" in text
