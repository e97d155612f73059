"""Bytes of lockers' accounts, for tests."""

import hashlib

import base58

CANCEL_MODE, CANCELLED_AT = 138, 200
CANCELABLE_BY_SENDER, PACE_CAN_CHANGE, CLOSED, STREAM_CANCELLED_AT = 457, 540, 671, 25


STREAM = bytes((172, 138, 115, 242, 121, 67, 183, 26))
ESCROW = hashlib.sha256(b"account:VestingEscrow").digest()[:8]


def _filled(
    head: bytes, size: int, keys: dict[int, str], numbers: dict[int, int], flags: tuple[int, ...]
) -> bytes:
    data = bytearray(head.ljust(size, b"\0"))
    for at, key in keys.items():
        data[at : at + 32] = base58.b58decode(key)
    for at, number in numbers.items():
        data[at : at + 8] = number.to_bytes(8, "little")
    for at in flags:
        data[at] = 1
    return bytes(data)


def jupiter_lock(mint: str, beneficiary: str, *flags: int, taken: int = 0) -> bytes:
    """100 at second 1,000, and 50 every 10 seconds, six times."""
    numbers = {144: 1_000, 152: 10, 160: 100, 168: 50, 176: 6, 184: taken}
    return _filled(ESCROW, 296, {8: beneficiary, 40: mint}, numbers, flags)


def streamflow_lock(mint: str, beneficiary: str, *flags: int, taken: int = 0) -> bytes:
    """399 at second 1,000, and one a second later."""
    numbers = {17: taken, 409: 1_000, 417: 400, 425: 1, 433: 1, 449: 399}
    return _filled(STREAM, 1_104, {113: beneficiary, 177: mint}, numbers, flags)
