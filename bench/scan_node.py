"""A node for scans, in a process of its own: made-up tokens with holders and a past; 50 ms an answer."""

import asyncio
import base64
import hashlib
import struct
from multiprocessing.connection import Connection
from typing import Any

import base58
import msgspec
import uvloop
from aiohttp import web

from domain.security.mints import TOKEN_PROGRAM

NODE_SECONDS = 0.05
SUPPLY = 10**15
HOLDERS = 20
SIGNATURES = 400
_SYSTEM = "11111111111111111111111111111111"


def mint_of(number: int) -> str:
    """The address of token number so and so."""
    return base58.b58encode(hashlib.sha256(f"mint {number}".encode()).digest()).decode()


def _holder(mint: str, number: int) -> str:
    """The token account of a holder: its address names mint and number."""
    return base58.b58encode(hashlib.sha256(f"{mint} {number}".encode()).digest()).decode()


class ScanNode:
    """Knows every mint that it was asked about, and remembers the accounts of its holders."""

    def __init__(self) -> None:
        self.requests = 0
        self._holders: dict[str, tuple[str, int]] = {}

    def answer(self, method: str, params: list[Any]) -> Any:
        """The `result` of a question."""
        if method == "getRequests":
            return self.requests
        first = params[0]
        if method == "getMultipleAccounts":
            return {"context": {"slot": 9}, "value": [self._account(one) for one in first]}
        if method == "getTokenLargestAccounts":
            return {"context": {"slot": 9}, "value": self._largest(first)}
        if method == "getSignaturesForAddress":
            return [
                {"signature": f"{first}-{at}", "slot": 9, "blockTime": 1_700_000_000, "err": None}
                for at in range(SIGNATURES)
            ]
        if method == "getTransaction":
            return _transaction(first)
        return {"context": {"slot": 9}, "value": []}

    def _largest(self, mint: str) -> list[dict[str, str]]:
        found = [_holder(mint, number) for number in range(HOLDERS)]
        self._holders |= {address: (mint, number) for number, address in enumerate(found)}
        return [{"address": address, "amount": str(SUPPLY // 100)} for address in found]

    def _account(self, address: str) -> dict[str, Any] | None:
        holding = self._holders.get(address)
        if holding is not None:
            owner = hashlib.sha256(address.encode()).digest()
            data = base58.b58decode(holding[0]) + owner + (SUPPLY // 100).to_bytes(8, "little")
            return _as_account(data.ljust(108, b"\0") + b"\1" + bytes(56))
        if address in _MINTS:
            return _as_account(struct.pack("<I32sQBBI32s", 0, bytes(32), SUPPLY, 6, 1, 0, bytes(32)))
        return None


_MINTS = frozenset(mint_of(number) for number in range(5_000))


def _as_account(data: bytes) -> dict[str, Any]:
    return {
        "data": [base64.b64encode(data).decode(), "base64"],
        "owner": TOKEN_PROGRAM,
        "lamports": 1,
        "executable": False,
    }


def _transaction(signature: str) -> dict[str, Any]:
    """The creation for the oldest signature, else a transfer of SOL."""
    mint, _, number = signature.rpartition("-")
    payer = base58.b58encode(hashlib.sha256(signature.encode()).digest()).decode()
    is_first = int(number) == SIGNATURES - 1
    keys = [payer, mint, _SYSTEM]
    return {
        "slot": 9,
        "blockTime": 1_700_000_000,
        "version": "legacy",
        "transaction": {
            "signatures": [base58.b58encode(hashlib.sha512(signature.encode()).digest()).decode()],
            "message": {
                "header": {
                    "numRequiredSignatures": 1,
                    "numReadonlySignedAccounts": 0,
                    "numReadonlyUnsignedAccounts": 1,
                },
                "accountKeys": keys,
                "recentBlockhash": payer,
                "instructions": [{"programIdIndex": 2, "accounts": [0, 1], "data": ""}],
            },
        },
        "meta": {
            "err": None,
            "fee": 5_000,
            "preBalances": [10**9, 0 if is_first else 5, 1],
            "postBalances": [10**9 - 5_000, 5, 1],
            "preTokenBalances": [],
            "postTokenBalances": [],
            "innerInstructions": [],
            "logMessages": [],
        },
    }


def serve(ready: Connection) -> None:
    """Serve forever; the address goes through `ready`."""
    uvloop.run(_serve(ready))


async def _serve(ready: Connection) -> None:
    node = ScanNode()

    async def post(request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read())
        several = asked if isinstance(asked, list) else [asked]
        node.requests += len(several)
        await asyncio.sleep(NODE_SECONDS)
        answers = [
            {"jsonrpc": "2.0", "id": one["id"], "result": node.answer(one["method"], one.get("params", []))}
            for one in several
        ]
        return web.Response(body=msgspec.json.encode(answers if isinstance(asked, list) else answers[0]))

    application = web.Application(client_max_size=10**8)
    application.add_routes([web.post("/", post)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ready.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()
