"""How fast transactions and blocks are decoded, as ratios to plain JSON decoders on the same bytes.

Every ratio is of two rates measured in turn in the same run, so that a slow or a busy machine changes
both alike. Reads recorded chain data from `$LEDGER` or `../shared/ledger`. The last line is JSON.
"""

import gc
import importlib.util
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import psutil
from solders.pubkey import Pubkey

from bench.bare import decode_bare
from chain.blocks.block import read_block
from chain.blocks.decoding import block_activities
from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.activities import activities
from chain.parsing.transaction import read_transaction
from domain.activity.activity import TRADES

LEDGER = Path(os.environ.get("LEDGER", "../shared/ledger"))
REPETITIONS = 15
"""The best of so many counts: what disturbs a repetition can only slow it down."""
WALLETS = 1_000_000
BLOCKS = 1_000
BLOCKS_A_SECOND = 5
"""The chain's own speed, as fast as it is announced to become."""

Work = Callable[[bytes], object]
Figures = dict[str, float]


class Sample(msgspec.Struct, frozen=True):
    """A swap, as compact JSON, and who traded."""

    raw: bytes
    trader: frozenset[str]


def main() -> int:
    """Measure and print; says so where the recorded data is missing."""
    if not LEDGER.is_dir():
        print(f"bench decode: left out, no recorded chain data in {LEDGER}; set LEDGER to where it is")
        return 0
    swaps = [sample for path in sorted((LEDGER / "transactions").glob("*.json")) for sample in _sample(path)]
    figures = _swaps(swaps)
    watched = WatchedWallets(_strangers(WALLETS))
    paths = sorted((LEDGER / "blocks").glob("*.json"), key=lambda path: path.stat().st_size)
    figures |= _blocks({path.stem: path.read_bytes() for path in paths}, watched)
    figures |= _memory([path.read_bytes() for path in paths], watched)
    print(json.dumps({"bench": "decode", **figures}))
    return 0


def _sample(path: Path) -> list[Sample]:
    """The file's transaction, if it is a trade in the plain `json` encoding."""
    transaction = read_transaction(path.read_bytes())
    raw = msgspec.json.encode(json.loads(path.read_bytes()))
    if b'"programIdIndex"' not in raw:
        return []
    done = activities(transaction, chain="solana", wallets=None)
    traders = frozenset(one.wallet for one in done if one.kind in TRADES)
    return [Sample(raw, traders)] if traders else []


def _swaps(samples: Sequence[Sample]) -> Figures:
    raws = [sample.raw for sample in samples]
    traders = {sample.raw: sample.trader for sample in samples}

    def signers(raw: bytes) -> object:
        return activities(read_transaction(raw), chain="solana", wallets=None)

    def watched_wallet(raw: bytes) -> object:
        return activities(read_transaction(raw), chain="solana", wallets=traders[raw])

    size = sum(map(len, raws)) / len(raws)
    print(f"\nswap transactions: {len(raws)} different ones, {size / 1000:.1f} kB on average, one core")
    works = _plain() | {
        "bare msgspec, typed": decode_bare,
        "signers' activities": signers,
        "the watched wallet's activity": watched_wallet,
    }
    seconds = _best(works, raws)
    bare = seconds["bare msgspec, typed"]
    for name, spent in seconds.items():
        print(f"  {name:32} {len(raws) / spent:10,.0f}/s   {bare / spent:5.2f} x bare msgspec")
    return {
        "signers_per_second": round(len(raws) / seconds["signers' activities"]),
        "signers_to_bare": round(bare / seconds["signers' activities"], 3),
        "watched_to_bare": round(bare / seconds["the watched wallet's activity"], 3),
    }


def _plain() -> dict[str, Work]:
    """The general decoders; orjson where it is installed."""
    works: dict[str, Work] = {"json.loads": json.loads}
    if importlib.util.find_spec("orjson"):
        works["orjson.loads"] = importlib.import_module("orjson").loads
    else:
        print("orjson is not installed: msgspec's untyped decoding, which is about as fast, stands for it")
    return works | {"msgspec, untyped": msgspec.json.decode}


def _blocks(blocks: dict[str, bytes], watched: WatchedWallets) -> Figures:
    """Return how fast blocks without a watched wallet are searched."""
    figures: Figures = {}
    print(f"\nblocks in which none of {len(watched):,} watched wallets occurs")

    def searched(raw: bytes) -> object:
        return block_activities(raw, slot=0, chain="solana", watched=watched)

    for slot, raw in blocks.items():
        seconds = _best(_plain() | {"searched": searched}, [raw])
        other = seconds.get("orjson.loads", seconds["msgspec, untyped"])
        spent, count = seconds["searched"], len(read_block(raw).transactions)
        print(
            f"  slot {slot:>10}  {len(raw) / 1e6:5.2f} MB  {count:5} transactions  {spent * 1e3:6.2f} ms"
            f"  {other / spent:5.2f} x orjson  {seconds['json.loads'] / spent:5.2f} x json"
            f"  {1 / (BLOCKS_A_SECOND * spent):6.0f} x the chain's speed"
        )
        figures |= {
            f"block_{slot}_ms": round(spent * 1e3, 3),
            f"block_{slot}_to_orjson": round(other / spent, 3),
        }
    return figures


def _memory(blocks: Sequence[bytes], watched: WatchedWallets) -> Figures:
    """Resident memory over many blocks, the busiest wallets of each watched."""
    for raw in blocks:
        for address in _busy(raw):
            watched.add(address)
    process, sizes, found = psutil.Process(), [], 0
    for done in range(1, BLOCKS + 1):
        raw = blocks[done % len(blocks)]
        found += len(block_activities(raw, slot=done, chain="solana", watched=watched).activities)
        if done % (BLOCKS // 10) == 0:
            sizes.append(process.memory_info().rss / 1e6)
    summary = " ".join(f"{size:.0f}" for size in sizes)
    print(f"\nmemory over {BLOCKS:,} blocks, {found:,} activities: {summary} MB")
    print(f"  grown by {sizes[-1] - sizes[0]:+.1f} MB after the first tenth")
    return {"memory_grown_mb": round(sizes[-1] - sizes[0], 1)}


def _busy(raw: bytes) -> list[str]:
    transactions = [read_transaction(piece) for piece in read_block(raw).transactions]
    return sorted({one.payer for one in transactions})[:20]


def _best(works: dict[str, Work], raws: Sequence[bytes]) -> dict[str, float]:
    """The least seconds that each work took for all of `raws`, one after the other in each repetition."""
    best = dict.fromkeys(works, float("inf"))
    gc.collect()
    for _ in range(REPETITIONS):
        for name, work in works.items():
            begun = time.perf_counter()
            for raw in raws:
                work(raw)
            best[name] = min(best[name], time.perf_counter() - begun)
    return best


def _strangers(count: int) -> list[str]:
    """Addresses that occur nowhere."""
    return [str(Pubkey(os.urandom(32))) for _ in range(count)]
