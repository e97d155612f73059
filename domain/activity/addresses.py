"""Addresses and signatures as text: checking, shortening, finding them in what people paste. Pure."""

import re
import unicodedata
from urllib.parse import unquote

import base58

from domain.errors import BadAddress

ADDRESS_BYTES = 32
ALIKE = 3
"""Characters at the beginning and at the end by which people distinguish addresses."""
SIGNATURE_BYTES = 64
_BASE58_RUN = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_SIGNATURE_RUN = re.compile(r"[1-9A-HJ-NP-Za-km-z]{64,88}")
_WORD = re.compile(r"[0-9A-Za-z]{32,}")
_LINK = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_NAMED_IN_LINK = re.compile(
    r"[?&](?:maker|wallet|owner|account|address|outputMint|mint)=([0-9A-Za-z]{32,44})\b", re.IGNORECASE
)
"""What a link with several addresses is about: a chart's `maker`, a swap's `outputMint`."""
_ETHEREUM = re.compile(r"(?<![0-9A-Za-z])0x[0-9A-Fa-f]{40}(?![0-9A-Za-z])")
_DOMAIN = re.compile(r"(?<![\w.])[\w-]+\.(?:sol|eth)(?![\w.])", re.IGNORECASE)
_MIN_ALPHABETIC = 16
"""So many letters of one case are no accident: the other case was lost."""
_MAX_ECHO = 20
_HIDDEN = frozenset({"Cf", "Cc"})


def parse_address(text: str) -> str:
    """The first address in `text`: in a link, in quotes, between words, with invisible characters in it.

    An address off the curve (a program's own vault, a multisig) is an address too.

    Raises:
        BadAddress: it holds none; the message says so in a person's words, and what to do.
    """
    found = addresses_in(text)
    if not found:
        raise _why_none(readable(text))
    return found[0]


def addresses_in(text: str) -> list[str]:
    """Every address in `text` once, in its order; of a link only what it is about."""
    words = _LINK.sub(lambda link: f" {_subject(link.group())} ", readable(text))
    return list(dict.fromkeys(word for word in _WORD.findall(words) if _is_typed_address(word)))


def signature_in(text: str) -> str | None:
    """The first signature of a transaction in `text`, which may be a link to it; None: it holds none."""
    return next(filter(is_signature, _WORD.findall(unquote(readable(text)))), None)


def readable(text: str) -> str:
    """`text` without invisible characters, and with plain spaces and line breaks for all the others."""
    lines = text.replace("\r\n", "\n").replace("\u2028", "\n").split("\n")
    return "\n".join("".join(_readable(character) for character in line) for line in lines)


def is_address(text: str) -> bool:
    """Return whether `text` is an address and nothing else."""
    return _BASE58_RUN.fullmatch(text) is not None and len(base58.b58decode(text)) == ADDRESS_BYTES


def is_signature(text: str) -> bool:
    """Return whether `text` is the signature of a transaction and nothing else."""
    return _SIGNATURE_RUN.fullmatch(text) is not None and len(base58.b58decode(text)) == SIGNATURE_BYTES


def short(address: str) -> str:
    """First and last four characters, as people compare addresses: `EKpQ…zcjm`."""
    return address if len(address) <= 9 else f"{address[:4]}…{address[-4:]}"  # noqa: PLR2004 - 4 + 1 + 4


def looks_like(address: str, other: str) -> bool:
    """Whether an address is another one that people may take for it: they compare beginning and end."""
    is_alike = address[:ALIKE] == other[:ALIKE] and address[-ALIKE:] == other[-ALIKE:]
    return is_alike and address != other


def _readable(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _HIDDEN else character


def _subject(link: str) -> str:
    """The address that a link is about: a named one, else the last of the path, else the last of all."""
    plain = unquote(link)
    named = _NAMED_IN_LINK.search(plain)
    if named is not None and is_address(str(named.group(1))):
        return str(named.group(1))
    path, _, query = plain.partition("?")
    found: list[str] = [word for word in _WORD.findall(path) if is_address(word)]
    found = found or [word for word in _WORD.findall(query) if is_address(word)]
    if found:
        return found[-1]
    return " ".join(_WORD.findall(path))


def _is_typed_address(word: str) -> bool:
    return is_address(word) and not _lost_letter_case(word)


def _lost_letter_case(word: str) -> bool:
    alphabetic = sum(map(str.isalpha, word))
    return alphabetic >= _MIN_ALPHABETIC and (word == word.lower() or word == word.upper())


def _why_none(text: str) -> BadAddress:
    """Return what stands in place of an address, and what to do."""
    if _ETHEREUM.search(text) is not None:
        return BadAddress("That is an Ethereum address (0x…). Send the address of a Solana wallet.")
    if signature_in(text) is not None:
        return BadAddress("That is a transaction, not an address. /why explains transactions.")
    if (domain := _DOMAIN.search(text)) is not None:
        name = domain.group()
        if name.lower().endswith(".eth"):
            return BadAddress(
                "{name} is a name on Ethereum. Send a Solana address; this can be its name here.",
                name=_echo(name),
            )
        return BadAddress("Send {name} alone, or the wallet's address.", name=_echo(name))
    words = [word for word in _WORD.findall(text) if len(word) <= 44]  # noqa: PLR2004 - an address at most
    if any(map(_lost_letter_case, words)):
        return BadAddress(
            "This address lost its capital letters, and they matter. Copy it again where you found it."
        )
    return BadAddress(
        "“{word}” is not a Solana address. An address has 32 to 44 letters and digits, without 0, O, I and"
        " l.",
        word=_echo(text.strip()),
    )


def _echo(text: str) -> str:
    return text if len(text) <= _MAX_ECHO else text[:_MAX_ECHO] + "…"
