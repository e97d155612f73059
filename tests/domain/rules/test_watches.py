"""What chats call wallets, where several bear one name."""

from datetime import UTC, datetime

from domain.rules.watches import MAX_LABEL, Watch, distinct_label, distinguish, namesakes

WHALE = "So11111111111111111111111111111111111111112"
OTHER_WHALE = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


def watch(number: int, wallet: str, label: str) -> Watch:
    return Watch(
        watch_id=number,
        chat_id=1,
        topic_id=0,
        chain="solana",
        wallet=wallet,
        label=label,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_wallets_of_one_name_are_distinguished_by_address() -> None:
    moby, twin, tusk = watch(1, WHALE, "Moby"), watch(3, OTHER_WHALE, "moby"), watch(2, OTHER_WHALE, "Tusk")
    assert namesakes([moby, twin], moby) == [twin]
    assert distinguish([moby, twin], moby).label == "Moby So11…1112"
    assert distinguish([moby, twin], twin).label == "moby Toke…Q5DA"
    assert distinguish([moby, tusk], moby) == moby
    unnamed = [watch(1, WHALE, ""), watch(2, OTHER_WHALE, "")]
    assert distinguish(unnamed, unnamed[0]) == unnamed[0]


def test_a_long_name_makes_room_for_the_address() -> None:
    assert distinct_label("x" * MAX_LABEL, WHALE) == "x" * 21 + "… So11…1112"
