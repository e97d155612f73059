"""Many addresses."""

import base58


def addresses(number: int) -> list[str]:
    """So many, each another one."""
    return [base58.b58encode(bytes([7]) * 28 + index.to_bytes(4)).decode() for index in range(number)]
