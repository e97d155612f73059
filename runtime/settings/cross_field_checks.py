"""Checks of settings against each other: each is well formed by itself, and together they do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.settings.mistakes import Mistake
from runtime.settings.settings import Settings


def cross_field_checks(settings: Settings, wrong: set[str]) -> Iterator[Mistake]:
    """The mistakes found; a setting in `wrong` has its mistake already and gets no second one."""
    if settings.webhook_url and not settings.webhook_secret and "WEBHOOK_SECRET" not in wrong:
        yield Mistake(
            name="WEBHOOK_SECRET", what="must be set with WEBHOOK_URL. Make one: `openssl rand -hex 32`"
        )
    if settings.ws_urls and not settings.rpc_urls and "RPC_URLS" not in wrong:
        yield Mistake(name="WS_URLS", what="is set without RPC_URLS. Set RPC_URLS as well, or remove it")
    if settings.reconcile == "signatures" and settings.scanner_source == "blocks":
        yield Mistake(
            name="RECONCILE", what="cannot be signatures with SCANNER_SOURCE=blocks. Change one of them"
        )
    if settings.scanner_stage != "whole":
        yield from _stage_checks(settings)
    if settings.db_pool_min > settings.db_pool_max:
        yield Mistake(name="DB_POOL_MIN", what=f"must not be more than DB_POOL_MAX ({settings.db_pool_max})")


def _stage_checks(settings: Settings) -> Iterator[Mistake]:
    """What does not fit a scanner that only collects or only processes."""
    stage = settings.scanner_stage
    if settings.scanner_mode == "sharded":
        yield Mistake(
            name="SCANNER_MODE",
            what=f"cannot be sharded with SCANNER_STAGE={stage}: processors share the wallets by themselves."
            " Set active-active or leader, for the collectors",
        )
    if settings.commitment == "processed":
        yield Mistake(
            name="COMMITMENT",
            what=f"cannot be processed with SCANNER_STAGE={stage}: only whole scanners follow forks",
        )
    if settings.reconcile == "signatures":
        yield Mistake(
            name="RECONCILE",
            what=f"cannot be signatures with SCANNER_STAGE={stage}: collectors read blocks. Change either",
        )
