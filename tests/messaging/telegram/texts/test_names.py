"""Every outcome of a name has its words."""

from chain.parsing.names import NameFault, NameSource
from messaging.telegram.texts.names import fault, found


def test_every_source_and_fault_has_words() -> None:
    assert all(found("a.sol", "X", source.value) for source in NameSource)
    assert all(fault("a.sol", one.value) for one in NameFault)
