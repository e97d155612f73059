"""Recorded blocks and transactions of another chain, read from a folder batch by batch."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.chain.config import ReplayConfig
from sandbox.chain.replay.transactions import RecordedTransaction, read_recorded
from sandbox.chain.transactions.landed import Json, LandedTransaction

log = logging.getLogger(__name__)


class Batch(NamedTuple):
    """The recorded transactions of one block."""

    transactions: list[LandedTransaction]
    rewards: list[Json]


class _Block(msgspec.Struct):
    """A recorded getBlock result.

    `{"blockhash":"4sGj…","transactions":[],"rewards":[]}`.
    """

    transactions: list[RecordedTransaction] = []
    rewards: list[Json] | None = None


class _SavedResponse(msgspec.Struct):
    """A whole JSON-RPC response; some recordings keep it.

    `{"jsonrpc":"2.0","result":{"slot":341220118},"id":1}`.
    """

    result: msgspec.Raw


class _Position(msgspec.Struct, rename="camel"):
    """The position of a recorded transaction on its own chain.

    `{"slot":341220118,"transactionIndex":7}`.
    """

    slot: int = 0
    transaction_index: int = 0


class Replay:
    """Serves recorded transactions in their order, then recorded blocks, each whole."""

    def __init__(self, config: ReplayConfig) -> None:
        """List the files of the folder; each is read when it is served.

        Raises:
            ValueError: there is nothing to replay in the folder, or `per_slot` is below 1.
        """
        if config.per_slot < 1:
            raise ValueError("per_slot must be at least 1")
        transactions = sorted((config.folder / "transactions").glob("*.json"), key=_position)
        blocks = sorted((config.folder / "blocks").glob("*.json"), key=lambda path: (len(path.stem), path))
        if not transactions and not blocks:
            raise ValueError(f"{config.folder} has neither transactions/*.json nor blocks/*.json")
        self._per_slot = config.per_slot
        self._batches = self._read(transactions, blocks)

    def next_batch(self) -> Batch | None:
        """The transactions of the next block; None: everything has been served."""
        return next(self._batches, None)

    def _read(self, transactions: list[Path], blocks: list[Path]) -> Iterator[Batch]:
        chunk: list[LandedTransaction] = []
        for path in transactions:
            chunk += _transaction(path)
            if len(chunk) == self._per_slot:
                yield Batch(chunk, [])
                chunk = []
        if chunk:
            yield Batch(chunk, [])
        for path in blocks:
            yield from _block(path)


def _position(path: Path) -> tuple[int, int, Path]:
    """The sort key; a file that cannot be read comes first, and is left out when it is served."""
    try:
        found = msgspec.json.decode(_result(path), type=_Position)
    except (msgspec.DecodeError, OSError):
        return 0, 0, path
    return found.slot, found.transaction_index, path


def _transaction(path: Path) -> list[LandedTransaction]:
    try:
        return [read_recorded(msgspec.json.decode(_result(path), type=RecordedTransaction))]
    except (ValueError, LookupError, TypeError, OSError) as error:
        log.warning("%s is left out: %s", path, error)
        return []


def _block(path: Path) -> list[Batch]:
    try:
        block = msgspec.json.decode(_result(path), type=_Block)
        return [Batch([read_recorded(one) for one in block.transactions], block.rewards or [])]
    except (ValueError, LookupError, TypeError, OSError) as error:
        log.warning("%s is left out: %s", path, error)
        return []


def _result(path: Path) -> bytes:
    raw = path.read_bytes()
    try:
        return bytes(msgspec.json.decode(raw, type=_SavedResponse).result)
    except msgspec.DecodeError:
        return raw
