"""Assembles a processor, beside `scanner/wiring.py`, which opens the servers and decides on the stage."""

import asyncio
import functools

from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.accounts import read_accounts
from chain.rpc.mints import token_names
from runtime.processes.health import Health
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.settings.settings import Settings
from scanner.commit.announcer import ChannelAnnouncer, TokenMetadata
from scanner.commit.committer import Decoder, Recorder
from scanner.commit.pool_notes import PoolNotes
from scanner.membership import Instance
from scanner.pipeline.batch_committer import BatchCommitter
from scanner.pipeline.partitions import Partitions
from scanner.pipeline.processor import Processor, ProcessorHealth
from scanner.servers import Servers

DRAIN_SECONDS = 3.0
"""To commit what was taken before the stop."""


async def process(servers: Servers, settings: Settings, health: Health, stop: Stop) -> None:
    """Process until the stop; what was taken is committed, then others may have the partitions at once.

    Args:
        servers: open; the caller closes them.
        settings: of this process.
        health: gets the checks of a processor, and is begun here.
        stop: ends it; what is under way then has `DRAIN_SECONDS`.
    """
    async with nursery(stop) as tasks:
        processor, working = _start(tasks, servers, settings, stop)
        checks = ProcessorHealth(
            servers.database, processor, instance_id=settings.instance_id, region=settings.region
        )
        checks.add_checks(health)
        health.begin()
        tasks.start("heartbeat", checks.heartbeat.run(stop))
        await stop.wait()
        await asyncio.wait({working}, timeout=DRAIN_SECONDS)
    await processor.partitions.leave()
    await checks.heartbeat.leave()


def _start(
    tasks: Nursery, servers: Servers, settings: Settings, stop: Stop
) -> tuple[Processor, asyncio.Task[None]]:
    database, notes = servers.database, PoolNotes()
    mints = quote_mints_of(settings.quote_mints)
    decoder = Decoder(chain=settings.chain, quote_mints=mints, pool_notes=notes)
    metadata = TokenMetadata(database, functools.partial(token_names, servers.rpc), chain=settings.chain)
    announcer = ChannelAnnouncer(servers.wake_dispatcher, servers.forget_wallets, metadata, tasks)
    committer = BatchCommitter(
        database, Recorder(database, announcer), decoder, may_move=settings.commitment == "processed"
    )
    partitions = Partitions(
        Instance(database=database, chain=settings.chain, instance_id=settings.instance_id)
    )
    processor = Processor(servers.queue, committer, partitions)
    tasks.start_forever("wake-ups", announcer.run)
    read = functools.partial(read_accounts, servers.rpc)
    tasks.start_forever("accounts of pools", functools.partial(notes.run, read))
    tasks.start_forever("warm connections", servers.rpc.keep_warm)
    tasks.start_forever("partitions", partitions.run)
    working = tasks.start_forever("batches", functools.partial(processor.run, stop))
    return processor, working
