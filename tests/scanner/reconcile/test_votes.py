"""What counts of what nodes say, and whose absence of a transaction says nothing."""

from scanner.reconcile.votes import comparable_forms, majority_answers, without_gaps
from tests.storage.sample_data import purchase

TRUE = [purchase()]
NOBODY = {"a": False, "b": False, "c": False}


def test_most_are_believed() -> None:
    assert comparable_forms(TRUE) != comparable_forms([])
    assert set(majority_answers({"a": [], "b": TRUE, "c": TRUE}, NOBODY)) == {"b", "c"}
    assert set(majority_answers({"a": [], "b": [], "c": TRUE}, NOBODY)) == {"a", "b"}


def test_of_two_who_shows_a_signature_is_believed_and_else_who_knows_nothing() -> None:
    assert set(majority_answers({"a": [], "b": TRUE}, {"a": False, "b": True})) == {"b"}
    assert set(majority_answers({"a": TRUE, "b": []}, {"a": False, "b": False})) == {"b"}


def test_a_node_without_the_block_says_nothing_against_what_is_signed() -> None:
    said = {"a": [], "b": [], "c": TRUE}
    signed = NOBODY | {"c": True}
    assert without_gaps(said, signed, {"a", "b"}) == {"c": TRUE}
    assert without_gaps(said, signed, {"a"}) == {"b": [], "c": TRUE}
    assert without_gaps(said, NOBODY, {"a", "b"}) == said
