"""Sentences that are data: said in English, and stored as they are."""

import msgspec

from domain.sentences import Figure, Sentence, clauses, counted, sentence


def test_values_stand_in_their_places() -> None:
    said = sentence(
        "{who} holds {percent} ({kinds}).", who="Boss", percent=Figure("44 %"), kinds=(sentence("pool"),)
    )
    assert str(said) == "Boss holds 44 % (pool)."


def test_a_text_without_values_is_said_as_it_is() -> None:
    assert str(sentence("an {odd} name")) == "an {odd} name"


def test_a_number_agrees_with_its_noun() -> None:
    texts = [str(counted("{number} day old.", "{number} days old.", days)) for days in (1, 0, 1234)]
    assert texts == ["1 day old.", "0 days old.", "1,234 days old."]


def test_clauses_that_are_not_there_are_left_out() -> None:
    assert str(clauses(sentence("one"), None, sentence("two"))) == "one; two."


def test_a_sentence_is_stored_with_its_values() -> None:
    said = clauses(counted("{number} pool", "{number} pools", 2), sentence("{who} may go", who="Boss"))
    assert msgspec.json.decode(msgspec.json.encode(said), type=Sentence) == said
