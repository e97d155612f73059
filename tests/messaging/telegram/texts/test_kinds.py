"""What people call the kinds."""

import pytest

from domain.activity.activity import Kind
from messaging.telegram.texts.kinds import counted, counted_kind, kind_name, kind_words


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (Kind.BUY, "Buy", "buy"),
        (Kind.TRANSFER_IN, "Transfer in", "transfer in"),
        (Kind.NFT_TRADE, "NFT trade", "NFT trade"),
        (Kind.CREATE, "New token", "new token"),
    ],
)
def test_a_kind_has_a_name_and_words(kind: Kind, name: str, words: str) -> None:
    assert (kind_name(kind), kind_words(kind)) == (name, words)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_counted(kind: Kind) -> None:
    one, two = counted_kind(1, kind) or "", counted_kind(2, kind) or ""
    assert one.startswith("1 ")
    assert two.startswith("2 ")
    assert two != one.replace("1", "2")


def test_a_count_agrees_with_its_noun() -> None:
    assert counted(1, "wallet") == "1 wallet"
    assert counted(0, "wallet") == "0 wallets"
    assert counted(1_200, "reply") == "1,200 replies"
    assert counted_kind(12, Kind.SELL) == "12 sells"
    assert counted_kind(2, Kind.TRANSFER_OUT) == "2 transfers out"
