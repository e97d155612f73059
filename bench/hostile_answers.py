"""Answers that are as large as a node likes, eight at once: what they cost the memory of a process.

A server here sends without end, packs a gigabyte into a megabyte, or fills all that is allowed with what
takes the most memory once it is read. A child process asks it for blocks as the scanner does, then what
workers ask for people, and prints its peak.
"""

import argparse
import asyncio
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress

import msgspec
from aiohttp import web

from bench.figures import print_figures
from bench.hostile_nodes import MINT, TRADER
from bench.testbed import ROOT, peak_mib
from chain.blocks.wallet_set import WatchedWallets
from chain.rpc.balances import read_balance
from chain.rpc.mints import token_age, token_names
from chain.rpc.pool import open_rpc
from domain.errors import Undecodable
from runtime.settings.secret import Secret
from scanner.commit.committer import Decoder
from scanner.reconcile.block_fetcher import BlockFetcher, FetchedBlock

MIB = 1 << 20
MAX_MIB = 300
AT_ONCE = 8
PASSES = 2
QUESTION_SECONDS = 1.5
_BEGIN = b'{"jsonrpc":"2.0","id":1,"result":{"parentSlot":1,"transactions":['
_CHUNK = b"1," * (MIB // 2)


def endless(size: int) -> AsyncIterator[bytes]:
    """So many bytes, piece by piece."""

    async def pieces() -> AsyncIterator[bytes]:
        yield _BEGIN
        for _ in range(size // MIB):
            yield _CHUNK
        yield b"1]}}"

    return pieces()


def bomb(size: int) -> bytes:
    """So many bytes, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(
        [packer.compress(_BEGIN), *(packer.compress(_CHUNK) for _ in range(size // MIB)), packer.flush()]
    )


def dense(element: bytes, size: int = 31 * MIB) -> bytes:
    """A block that fills all that is allowed with one element over and over."""
    return _BEGIN + (element + b",") * (size // (len(element) + 1)) + element + b"]}}"


def owners(size: int = 31 * MIB) -> bytes:
    """A block of one transaction with as many empty balances as are allowed."""
    balances = b"{}," * (size // 3) + b"{}"
    return _BEGIN + b'{"transaction":["AQID","base64"],"meta":{"preTokenBalances":[' + balances + b"]}}]}}"


def keys(size: int = 31 * MIB) -> bytes:
    """A block of one transaction with as many short keys as are allowed."""
    names = b'"ab",' * (size // 5) + b'"ab"'
    return _BEGIN + b'{"transaction":{"message":{"accountKeys":[' + names + b']}},"meta":null}]}}'


Respond = Callable[[], web.Response]


def answers(size: int) -> dict[str, Respond]:
    """Return what the server sends, by the path that asks for it; `size`: of what is far too large."""
    packed = bomb(size)
    bodies = {"numbers": dense(b"1"), "lists": dense(b"[]"), "owners": owners(), "keys": keys()}
    fixed: dict[str, Respond] = {
        "endless": lambda: web.Response(body=endless(size)),
        "bomb": lambda: web.Response(body=packed, headers={"Content-Encoding": "gzip"}),
    }
    return fixed | {name: _plain(body) for name, body in bodies.items()}


def _plain(body: bytes) -> Respond:
    return lambda: web.Response(body=body)


@asynccontextmanager
async def serving(size: int) -> AsyncIterator[tuple[str, list[str]]]:
    """The address of the server, and the paths that it knows."""
    known = answers(size)

    async def post(request: web.Request) -> web.Response:
        await request.read()
        return known[request.match_info["kind"]]()

    application = web.Application()
    application.add_routes([web.post("/{kind}", post)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", list(known)
    await runner.cleanup()


async def ask(url: str) -> int:
    """Ask for blocks, eight at once, and read what comes; return how many came whole."""
    decoder, watched, whole = Decoder(chain="solana"), WatchedWallets(), 0
    async with open_rpc([Secret(url)]) as rpc:
        fetcher = BlockFetcher(rpc, commitment="confirmed")
        for start in range(0, AT_ONCE * PASSES, AT_ONCE):
            found = await asyncio.gather(*(fetcher.fetch(slot) for slot in range(start, start + AT_ONCE)))
            for one in found:
                if isinstance(one, FetchedBlock):
                    whole += 1
                    _read(decoder, one.raw, watched)
        questions = (read_balance(rpc, TRADER), token_names(rpc, [MINT]), token_age(rpc, MINT))
        with suppress(TimeoutError):
            async with asyncio.timeout(QUESTION_SECONDS):
                await asyncio.gather(*questions, return_exceptions=True)
    return whole


def _read(decoder: Decoder, raw: msgspec.Raw, watched: WatchedWallets) -> None:
    try:
        decoder.block(1, raw, wallets=watched)
    except Undecodable:
        return


async def peaks(size: int, kinds: Collection[str] = ()) -> dict[str, float]:
    """The peak memory in MiB of a process that was sent each kind, or each of these kinds."""
    found = {}
    async with serving(size) as (url, known):
        for kind in kinds or known:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bench.hostile_answers",
                f"{url}/{kind}",
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
            )
            output, _ = await child.communicate()
            found[kind] = float(output.decode().split()[-1])
    return found


def main() -> None:
    """With an address: ask it, and print the peak. Without: serve, and print the peaks of children."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile_answers")
    parser.add_argument("url", nargs="?")
    parser.add_argument("--mib", type=int, default=1024, help="of what is far too large")
    arguments = parser.parse_args()
    if arguments.url:
        whole = asyncio.run(ask(arguments.url))
        print(whole, peak_mib())
        return
    found = asyncio.run(peaks(arguments.mib * MIB))
    print_figures("hostile answers", {f"{kind}_peak_mib": peak for kind, peak in found.items()})
    sys.exit(max(found.values()) >= MAX_MIB)


if __name__ == "__main__":
    main()
