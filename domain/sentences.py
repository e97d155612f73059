"""Translatable sentences as data: an English template and its values. Pure.

It is stored and sent as such, and looked up in the reader's language where it is shown, by
`messaging/languages/locale.py`; `str()` says it in English. `make languages` finds the texts of `sentence`
and `counted`.
"""

import msgspec


class Figure(msgspec.Struct, frozen=True, tag="figure"):
    """A number in English form, such as `$1,234` or `44 %`, which readers see in their own.

    `{"type":"figure","text":"44 %"}`.
    """

    text: str

    def __str__(self) -> str:
        """In English."""
        return self.text


class Sentence(msgspec.Struct, frozen=True, tag="sentence"):
    """`{"type": "sentence", "text": "{who} can stop all transfers.", "values": {"who": "Auth…"}}`."""

    text: str
    """As written in the code; where it has a number, the form for one."""
    values: dict[str, "Value"] = {}
    """By place; foreign text in them is hostile until escaped."""
    many: str = ""
    """The form for many; empty: it has no number to agree with."""
    number: int = 0
    """The number in the place `{number}` of a text with two forms."""

    def __str__(self) -> str:
        """In English."""
        text = self.text if not self.many or self.number == 1 else self.many
        if not (self.values or self.many):
            return text
        return text.format_map(
            {"number": f"{self.number:,}"} | {name: english(value) for name, value in self.values.items()}
        )


Value = str | Figure | Sentence | tuple[Sentence, ...]
"""Foreign text, which is the same in every language; a number; words, or a list of them."""


def english(value: Value) -> str:
    """A value as it stands in an English sentence."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _values(values: dict[str, Value | int]) -> dict[str, Value]:
    return {name: Figure(str(value)) if isinstance(value, int) else value for name, value in values.items()}


def sentence(text: str, /, **values: Value | int) -> Sentence:
    """A sentence or some words with values in the places `{name}`."""
    return Sentence(text, _values(values))


def counted(one: str, many: str, number: int, /, **values: Value | int) -> Sentence:
    """A sentence in the form that agrees with a number, which stands in the place `{number}`.

    Args:
        one: the English form for one, by which translations are found.
        many: the English form for any other number.
        number: decides about the form in each language.
        values: in the places `{name}`, as in `sentence`.
    """
    return Sentence(one, _values(values), many, number)


def clauses(*parts: Sentence | None) -> Sentence:
    """One sentence of one to three clauses, without those that are None."""
    there = [one for one in parts if one is not None]
    names = ("first", "second", "third")
    return Sentence(_CLAUSES[len(there) - 1].text, dict(zip(names, there, strict=False)))


_CLAUSES = (sentence("{first}."), sentence("{first}; {second}."), sentence("{first}; {second}; {third}."))
