"""What an operator can set about the outside: Telegram and the chain. `Settings` adds servers and processes.

Each field is the setting of the same name in capitals; `.env.example` is printed from it. A setting that is
unset or empty has its default. A secret may be in a file instead, named by NAME_FILE.
"""

# ruff: noqa: RUF009 - `setting` is this folder's `dataclasses.field`

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from runtime.settings import limits, parsing
from runtime.settings.openid import client_secret, issuer_url
from runtime.settings.secret import Secret


def setting(parser: parsing.Parser[Any], default: Any, sentence: str, *, example: str = "") -> Any:
    """One setting.

    Args:
        parser: reads its text; a ValueError says what is wrong, and what to write.
        default: what it is when unset, already parsed.
        sentence: what it does, for people.
        example: what `.env.example` shows; empty: the default.
    """
    return field(default=default, metadata={"parser": parser, "sentence": sentence, "example": example})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideSettings:
    """Settings of Telegram and the chain."""

    # Telegram
    bot_token: Secret = setting(
        parsing.bot_token,
        Secret(),
        "Token from @BotFather. Unset: a sandbox Telegram with a chat page runs here.",
    )
    telegram_api_url: str = setting(
        parsing.http_url, "https://api.telegram.org", "The Bot API server, for those who run their own."
    )
    webhook_url: str = setting(
        parsing.webhook_url,
        "",
        "Public address that Telegram posts to. Unset: long polling, by one instance at a time.",
        example="https://bot.example.org/webhook",
    )
    webhook_secret: Secret = setting(
        parsing.webhook_secret, Secret(), "Proves that a post comes from Telegram. Needed with WEBHOOK_URL."
    )
    webhook_networks: str = setting(
        parsing.networks,
        "",
        "Networks that nginx takes webhook posts from: telegram, or a list. Unset: any, by the secret alone.",
        example="telegram",
    )
    trusted_proxies: str = setting(
        parsing.networks,
        "",
        "Networks of proxies before nginx, whose X-Forwarded-For is believed. Unset: none.",
        example="10.0.0.0/8",
    )
    openid_client_secret: Secret = setting(
        client_secret,
        Secret(),
        "The client secret from @BotFather, Bot Settings, Web Login. Unset: no `Sign in with Telegram`.",
    )
    openid_client_id: str = setting(
        parsing.name, "", "The client id that stands beside it. Unset: the number in BOT_TOKEN."
    )
    openid_issuer: str = setting(
        issuer_url, "https://oauth.telegram.org", "Whose id tokens are believed (OpenID Connect)."
    )
    admin_ids: frozenset[int] = setting(
        parsing.ids, frozenset(), "Telegram user ids of operators.", example="123456,789012"
    )
    example_wallets: str = setting(
        parsing.examples,
        "",
        "Wallets offered to newcomers, or EXAMPLE_WALLETS_FILE. The sandbox offers its whales.",
        example="Name=ADDRESS,Other=ADDRESS",
    )
    telegram_rate: float = setting(
        parsing.number(0.1, 1000),
        27.0,
        "Messages a second, all chats together. What goes beyond 30 is paid for in Stars; at most 1000.",
    )
    coalesce_seconds: float = setting(
        parsing.number(0, 5), 3.0, "So long a wallet's burst is gathered into one message. 0: each its own."
    )
    hourly_limits: str = setting(
        parsing.hourly_limits,
        "free=300,plus=1000,pro=0",
        "Alerts told one by one in an hour, by the chat's tier; the rest comes together. 0: no limit.",
    )
    watch_limits: str = setting(
        limits.watch_limits,
        "free=500,plus=1000,pro=2000",
        "Wallets that a chat may follow, by its tier.",
    )
    history_limits: str = setting(
        limits.history_limits,
        "free=90,plus=365,pro=365",
        "Days that /history and /export go back, by the chat's tier.",
    )
    api_key_limits: str = setting(
        limits.key_limits, "free=3,plus=5,pro=20", "API keys of one person, by their tier."
    )
    webhook_limits: str = setting(
        limits.webhook_limits, "free=1,plus=3,pro=10", "Webhooks of a chat, by its tier."
    )
    webhook_allow_networks: str = setting(
        parsing.networks,
        "",
        "Networks not public that webhooks may reach. Unset: none; in the sandbox this machine.",
        example="10.1.2.0/24",
    )
    campaign_limits: str = setting(
        limits.campaign_limits,
        "free=2,plus=5,pro=20",
        "Paper campaigns of a chat that run or pause, by its tier.",
    )
    request_burst: int = setting(parsing.whole(1, 1000), 20, "Requests of one person at once.")
    requests_per_minute: int = setting(
        parsing.whole(1, 1000),
        30,
        "Of one person over all chats, and of a private chat; a group has 15 at most.",
    )
    queue_concurrency: str = setting(
        limits.queue_concurrency,
        "security-scan=3,balance-check=10,maintenance=1",
        "In work at a time, by queue. notifications: calls to Telegram; 5, or a sixth of TELEGRAM_RATE.",
    )
    balance_requests_per_hour: int = setting(
        parsing.whole(0, 100_000), 600, "Requests for the SOL of followed wallets, a hundred each. 0: none."
    )
    grade_requests_per_hour: int = setting(
        parsing.whole(0, 100_000), 1_000, "Requests that grade tokens of alerts, two a new token. 0: none."
    )
    scan_requests: int = setting(
        parsing.whole(1, 1_000),
        30,
        "Requests that one full security scan may make; what is beyond stays unknown.",
    )
    scan_seconds: float = setting(
        parsing.number(1, 35),
        15.0,
        "How long a full security scan may take; what is not read by then is unknown.",
    )
    safety_requests_per_hour: int = setting(
        parsing.whole(0, 100_000), 600, "Requests that watch tokens people were alerted on or hold. 0: none."
    )
    # Chain
    chain: str = setting(parsing.name, "solana", "solana, x1, or a name of your own for another fork.")
    rpc_urls: tuple[Secret, ...] = setting(
        parsing.rpc_urls,
        (),
        "HTTP addresses of nodes, best first, separated by commas. Unset: a sandbox chain runs here.",
        example="https://mainnet.example.org/?api-key=KEY",
    )
    ws_urls: tuple[Secret, ...] = setting(
        parsing.ws_urls,
        (),
        "WebSocket addresses, in the order of RPC_URLS. Unset: made from RPC_URLS.",
        example="wss://mainnet.example.org/?api-key=KEY",
    )
    rpc_pool_min: int = setting(parsing.whole(0, 10), 2, "Connections kept warm to a node that is not asked.")
    rpc_pool_max: int = setting(
        parsing.whole(1, 1000), 10, "Connections that each process may open to a node."
    )
    rpc_idle_seconds: float = setting(
        parsing.number(1, 3600), 60.0, "How long an unused connection to a node is kept."
    )
    rpc_rate: float = setting(parsing.number(0, 100_000), 0.0, "Requests a second to one node. 0: no limit.")
    rpc_budget: int = setting(
        parsing.whole(0, 10**9), 0, "Requests to one node in 24 hours of a process. 0: no limit."
    )
    rpc_history_weight: float = setting(
        parsing.number(0, 1000),
        10.0,
        "What a getTransactionsForAddress costs, in other requests (auto, histories). 0: it is never asked.",
    )
    rpc_hedge_seconds: float = setting(
        parsing.number(0, 60), 2.0, "A node that takes longer gets company by the next. 0: never."
    )
    rpc_answer_mib: int = setting(
        parsing.whole(1, 1024),
        32,
        "MiB of one answer of a node, unpacked; a larger one is not read. Real blocks stay far below.",
    )
    rpc_in_flight_mib: int = setting(
        parsing.whole(1, 4096), 64, "MiB of nodes' answers that a process holds at the same time."
    )
    rpc_batch: int = setting(
        parsing.whole(0, 1000), 0, "Questions in one batch, for nodes that take batches. 0: one by one."
    )
    whale_search_slots: int = setting(
        parsing.whole(1, 64), 8, "Blocks that one step of a whale search reads: some megabytes each."
    )
    commitment: str = setting(
        parsing.choice("confirmed", "processed", "finalized"),
        "confirmed",
        "How sure a transaction must be: processed (may vanish), confirmed, finalized (later, if at all).",
    )
    scanner_mode: str = setting(
        parsing.choice("active-active", "sharded", "leader"),
        "active-active",
        "How several scanners share the work: each watches all wallets, or its share, or one leads.",
    )
    scanner_stage: str = setting(
        parsing.choice("whole", "collect", "process"),
        "whole",
        "What a scanner does: all, or for very large loads collect (read) or process (decode and store).",
    )
    scanner_queue_mib: int = setting(
        parsing.whole(8, 65_536), 64, "MiB in Redis that may wait for processors; then collectors wait."
    )
    scanner_source: str = setting(
        parsing.choice("auto", "transactions", "logs", "blocks"),
        "auto",
        "Where chain data comes from: transactions (Helius), logs, blocks; auto asks what the node offers.",
    )
    logs_subscriptions: int = setting(
        parsing.whole(1, 1_000_000), 5_000, "Subscriptions to logs that one connection asks for at most."
    )
    reconcile: str = setting(
        parsing.choice("blocks", "signatures", "auto"),
        "auto",
        "What makes the feed complete: blocks, signatures (for few wallets), auto (whichever costs less).",
    )
    reconcile_seconds: float = setting(
        parsing.number(1, 3600), 30.0, "From one round of signatures to the next."
    )
    outage_seconds: float = setting(
        parsing.number(0, 86_400), 60.0, "Chats are told when nothing was read for longer. 0: they are not."
    )
    quote_mints: frozenset[str] = setting(
        parsing.addresses,
        frozenset(),
        "Mints that prices are told in, besides SOL. Unset: USDC, USDT and liquid-staking SOL.",
        example="MINT,MINT",
    )
    mint_ages: str = setting(
        parsing.choice("off", "on"),
        "on",
        "Two requests for each new token tell how old it is. off: they are not made.",
    )
    history_transactions: int = setting(
        parsing.whole(0, 1_000),
        200,
        "Transactions of a newly followed wallet that are read, to know what its tokens cost. 0: none.",
    )
    history_days: int = setting(parsing.whole(1, 365), 30, "Older transactions of a wallet are not read.")
    history_requests: int = setting(
        parsing.whole(1, 1_000_000), 2_000, "Requests an hour for the history of wallets, of all scanners."
    )
    token_trade_requests: int = setting(
        parsing.whole(0, 1_000_000),
        600,
        "Requests an hour for trades of tokens that chats follow, while no blocks are read. 0: none.",
    )
