"""Puts the scanner together: the only place here that chooses implementations."""

import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.blocks import transaction
from chain.rpc.config import pool_config
from chain.rpc.mints import token_names
from chain.rpc.pool import RpcPool, open_rpc
from chain.rpc.token_age import token_age
from chain.stream.messages import PushedBlock
from domain.errors import Unavailable
from runtime.observability.monitor import monitor
from runtime.processes.health import Finding, Health, unhealthy
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.settings.settings import Settings
from scanner.commit.announcer import ChannelAnnouncer
from scanner.commit.committer import Committer
from scanner.commit.decoder import Decoder
from scanner.commit.recorder import Recorder
from scanner.commit.sink import CommitSink
from scanner.commit.token_metadata import TokenMetadata
from scanner.genesis_check import wait_for_check
from scanner.health import Components, HealthPart, ScannerHealth
from scanner.live.live import Live
from scanner.live.subscription_filter import SubscriptionFilterBuilder
from scanner.membership import Instance
from scanner.pipeline.collector_health import CollectorHealth
from scanner.pipeline.producer import BatchProducer
from scanner.pipeline.wiring import ProcessorServers, process, queue_sink
from scanner.reconcile.assigned_states import AssignedStates
from scanner.reconcile.block_buffer import BlockBuffer
from scanner.reconcile.block_fetcher import BlockFetcher
from scanner.reconcile.block_syncer import BlockSyncer
from scanner.reconcile.chain_head import ChainHead
from scanner.reconcile.forks import Forks
from scanner.reconcile.next_slots import NextSlots
from scanner.reconcile.reconciler import Reconciler
from scanner.reconcile.signature_syncer import SignatureSyncer
from scanner.reconcile.strategy import AutoSyncer
from scanner.reconcile.sync_state import SyncConfig, Syncer
from scanner.roles import Assignment, Role, role_for
from scanner.sources import Sources, sources_of
from scanner.status_publisher import StatusPublisher
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.coordination.wake_ups import WakeUps, publish
from storage.ingest.batch_queue import BatchQueue
from storage.keys import ALERTS_CHANNEL, WATCHES_CHANNEL
from storage.postgres import Database, open_database
from storage.redis import open_redis
