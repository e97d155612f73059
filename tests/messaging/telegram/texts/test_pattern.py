"""What a chat reads of a pattern."""

from datetime import UTC, datetime

from domain.patterns.found import Owner, Pattern, PatternFound
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import alert_text, event_words, headline
from messaging.telegram.texts.alert_kind import AlertFacts

AT = datetime(2026, 11, 1, 14, 3, 7, tzinfo=UTC)
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
AHAB, BELA, CORA, HOME = (
    f"{name}1111111111111111111111111111111111111111" for name in ("Ah", "Be", "Co", "Ho")
)


def found(pattern: Pattern, *owners: Owner, **values: object) -> PatternFound:
    fields = {"mint": MINT, "first_at": AT.timestamp(), "last_at": AT.timestamp() + 720, **values}
    chosen = owners or (Owner(wallets=(AHAB,), usd=12_400.0, at=AT.timestamp()),)
    return PatternFound(chain="solana", pattern=pattern, owners=chosen, **fields)  # type: ignore[arg-type]


def facts(event: PatternFound, label: str = "Ahab") -> AlertFacts[PatternFound]:
    return AlertFacts(
        event=event,
        label=label,
        symbols={MINT: "WIF"},
        happened_at=AT,
        age=1.0,
        names={AHAB: "Ahab", BELA: "<b>Bela"},
    )


def test_a_confluence_says_who_bought_and_who_is_one_owner() -> None:
    at = AT.timestamp()
    owners = (
        Owner(wallets=(AHAB,), usd=15_900.0, at=at),
        Owner(wallets=(BELA, CORA), funder=HOME, usd=20_000.0, at=at + 60),
        Owner(wallets=(HOME,), usd=12_300.0, at=at + 720),
    )
    text = plain(alert_text(facts(found(Pattern.CONFLUENCE, *owners), label="")))
    assert text.startswith("👥 3 owners bought $48.2K of WIF within 12 min\nAhab $15.9K · 14:03:07")
    assert "one owner: Ho11…1111 paid them" in text
    assert "<b>Bela" in text


def test_what_is_not_known_is_left_out() -> None:
    event = found(Pattern.LEAVING, Owner(wallets=(AHAB,), at=AT.timestamp()))
    assert plain(headline(facts(event))) == "🚪 1 owner left WIF within 12 min"


def test_slices_a_sleeper_and_a_move_name_the_wallet() -> None:
    slices = found(Pattern.ACCUMULATION, times=7, largest=0.22)
    assert plain(headline(facts(slices))) == "🧩 Ahab bought WIF 7 times in 12 min: $12.4K"
    assert "the largest is 22% · nothing sold between" in plain(alert_text(facts(slices)))
    awake = found(Pattern.AWAKENING, silent_seconds=94.5 * 86_400)
    assert plain(headline(facts(awake))) == "⏰ Ahab acts again after 94 days · $12.4K of WIF"
    bound = found(Pattern.AWAKENING, silent_seconds=31 * 86_400.0, silent_at_least=True)
    assert plain(headline(facts(bound))) == "⏰ Ahab acts again after 31 days or more · $12.4K of WIF"
    move = found(Pattern.MOVE, mint=None, to=HOME, to_first_at=AT.timestamp() - 3_600, share=0.92, times=3)
    text = plain(alert_text(facts(move)))
    assert text.startswith("📦 Ahab moved 92% of what it had, $12.4K, to a new address Ho11…1111")
    assert "3 transfers in 12 min · the address was 1 h old · what came was not sent on" in text
    assert HOME in text


def test_many_owners_are_counted_and_the_latest_named() -> None:
    owners = [Owner(wallets=(f"{n:02}{AHAB[2:]}",), usd=1.0, at=AT.timestamp() + n) for n in range(15)]
    text = plain(alert_text(facts(found(Pattern.CONFLUENCE, *owners))))
    assert "3 before them" in text


def test_among_others_it_is_one_line() -> None:
    assert "bought together" in event_words(facts(found(Pattern.CONFLUENCE)))
