"""The order in which decoders are asked, which decides."""

from chain.decoders.meaning import DECODERS


def test_each_decoder_is_asked_once_and_bridges_before_all_others() -> None:
    assert len({*DECODERS}) == len(DECODERS)
    assert DECODERS[0].__module__ == "chain.decoders.bridge"
    assert DECODERS[-1].__module__ == "chain.decoders.transfer"
