"""Addresses and signatures as text: checking, shortening, finding them in what people paste."""

import re

import base58

from domain.errors import BadAddress

ADDRESS_BYTES = 32
SIGNATURE_BYTES = 64
_BASE58_RUN = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_MAX_ECHO = 20


def parse_address(text: str) -> str:
    """The address in `text`, unchanged but for surrounding white space.

    An address off the curve (a program's own vault, a multisig) is an address too.

    Raises:
        BadAddress: not 32 bytes of base58; the message says so in a person's words.
    """
    address = text.strip()
    if _BASE58_RUN.fullmatch(address) is None or len(base58.b58decode(address)) != ADDRESS_BYTES:
        echo = address if len(address) <= _MAX_ECHO else address[:_MAX_ECHO] + "…"
        raise BadAddress(
            f"“{echo}” is not a Solana address. An address has 32 to 44 letters and digits,"
            " without 0, O, I and l."
        )
    return address


def is_address(text: str) -> bool:
    """Whether `text` is an address and nothing else."""
    return _BASE58_RUN.fullmatch(text) is not None and len(base58.b58decode(text)) == ADDRESS_BYTES


def short(address: str) -> str:
    """First and last four characters, as people compare addresses: `EKpQ…zcjm`."""
    return address if len(address) <= 9 else f"{address[:4]}…{address[-4:]}"  # noqa: PLR2004 - 4 + 1 + 4
