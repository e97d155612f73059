"""A receiver of pushes on this machine, over TLS, that answers in all the ways in which receivers fail.

It stands for the programs of others: tests and benchmarks say how it answers, and look at what it got.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from runtime.clock import monotonic, now

HOST = "127.0.0.1"
Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""How one push is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One push as it came."""

    path: str
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    at: float
    """By the monotonic clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What both ends of a connection need."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    """Believes the server's certificate and no other."""
    certificate: bytes
    """As PEM, for programs that are told by SSL_CERT_FILE whom to believe."""


def answers(status: int, *, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer properly.

    Args:
        status: of HTTP.
        body: as it is sent.
        headers: by name, with `_` for `-`: `retry_after="5"`.
    """
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} Answer\r\nContent-Length: {len(body)}\r\n{named}\r\n".encode()

    async def behaviour(writer: asyncio.StreamWriter) -> None:
        writer.write(head + body)
        await writer.drain()

    return behaviour


async def hangs(_: asyncio.StreamWriter) -> None:
    """Take the push, and never answer."""
    await asyncio.Event().wait()


async def cuts_off(writer: asyncio.StreamWriter) -> None:
    """Take the push, and close the connection."""
    writer.close()


async def answers_half(writer: asyncio.StreamWriter) -> None:
    """Close the connection within the head of the answer."""
    writer.write(b"HTTP/1.1 200 O")
    await writer.drain()
    writer.close()


async def talks_nonsense(writer: asyncio.StreamWriter) -> None:
    """Answer something that is no HTTP."""
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    await writer.drain()


async def floods(writer: asyncio.StreamWriter) -> None:
    """Accept, with an answer that has no end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    with suppress(ConnectionError):
        while True:
            writer.write(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
            await writer.drain()


@dataclass(slots=True, kw_only=True)
class Receiver:
    """A server that collects pushes; `behaviours` are taken in order, then all are answered by `usual`."""

    usual: Behaviour = field(default_factory=lambda: answers(204))
    behaviours: list[Behaviour] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    """That were made to it."""
    port: int = 0
    tls: Tls = field(default_factory=lambda: make_tls([HOST]))
    """Receivers may share one."""
    on_push: Callable[[Received], None] = lambda _: None
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where pushes go."""
        return f"https://{HOST}:{self.port}/hook?from=whale"

    @property
    def trust(self) -> ssl.SSLContext:
        """What believes its certificate."""
        return self.tls.client

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port, ssl=self.tls.server)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        assert self._server is not None  # noqa: S101 - it was entered
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is one
        self._tasks.add(task)
        self.connections += 1
        try:
            # Cancelled when the receiver hangs up; the stream's own callback would log that as an error.
            with suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                while not writer.is_closing():
                    await self._one(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        push = Received(path=first.split(" ")[1], headers=headers, body=body, at=monotonic())
        self.received.append(push)
        self.on_push(push)
        await (self.behaviours.pop(0) if self.behaviours else self.usual)(writer)


def make_tls(hosts: Sequence[str]) -> Tls:
    """TLS of a server with a certificate of its own, and of a client that believes it and no other."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox receiver")])
    names = [x509.IPAddress(ipaddress.ip_address(host)) for host in hosts]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([*names, x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "receiver.pem")
        path.write_bytes(private + public)
        server.load_cert_chain(path)
    return Tls(server=server, client=ssl.create_default_context(cadata=public.decode()), certificate=public)
