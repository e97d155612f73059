"""Turns the text of one setting into its value, or into a sentence that says what to do. Pure.

`settings.py` says which parser reads which.

Each parser takes the trimmed, non-empty text and raises `ValueError` with a sentence: what is wrong, and
what to write.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from domain.activity.addresses import is_address
from domain.rules.lanes import hourly_limits_text, parse_hourly_limits
from runtime.settings.secret import Secret
from runtime.settings.sentinel import or_sentinels

T = TypeVar("T")
Parser = Callable[[str], T]
_TOKEN = re.compile(r"[0-9]{6,12}:[A-Za-z0-9_-]{30,}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend before a program can start."""

    name: str
    """The setting."""
    what: str
    """What is wrong and what to do, as the end of a sentence that begins with the name."""

    def __str__(self) -> str:
        return f"{self.name} {self.what}"


class SettingsError(Exception):
    """The settings cannot be used; `mistakes` holds all of them, not only the first."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(map(str, mistakes)))


_ALIASES: Mapping[str, str] = {
    "TELEGRAM_TOKEN": "BOT_TOKEN",
    "TELEGRAM_BOT_TOKEN": "BOT_TOKEN",
    "SOLANA_RPC_URL": "RPC_URLS",
    "SOLANA_RPC_URLS": "RPC_URLS",
    "WSS_URLS": "WS_URLS",
    "DATABASE_DSN": "DATABASE_URL",
    "VALKEY_URL": "REDIS_URL",
    "ADMINS": "ADMIN_IDS",
}

_CLOSE = 0.87
"""Likeness from which an unknown name is taken for a typo: RPC_URL for RPC_URLS, but not DB_PORT for PORT."""


def typos(environ: Mapping[str, str], known: frozenset[str]) -> Iterator[Mistake]:
    """Names in an environment that were probably meant to be one of the known settings."""
    for name in environ:
        meant = _ALIASES.get(name) or _closest(name, known)
        if name in known or not meant or meant in environ or not environ[name]:
            continue
        yield Mistake(name=name, what=f"is no setting. Did you mean {meant}?")


def _closest(name: str, known: frozenset[str]) -> str | None:
    if name.removesuffix("_FILE") in known or "_" not in name:
        return None
    matches = difflib.get_close_matches(name, known, n=1, cutoff=_CLOSE)
    return matches[0] if matches else None


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, as the end of a sentence."""
    return (
        (error.strerror or type(error).__name__).lower() if isinstance(error, OSError) else "it is not text"
    )


def bot_token(text: str) -> Secret:
    """A token as @BotFather gives it."""
    if not _TOKEN.fullmatch(text):
        raise ValueError("is not a bot token. Copy it whole from @BotFather; it looks like 123456789:AAF…")
    return Secret(text)


def webhook_secret(text: str) -> Secret:
    """Telegram allows letters, digits, _ and -, up to 256; fewer than 16 could be guessed."""
    if not _WEBHOOK_SECRET.fullmatch(text):
        raise ValueError("must be 16 to 256 letters, digits, _ or -. Make one: `openssl rand -hex 32`")
    return Secret(text)


def is_loopback(host: str | None) -> bool:
    """Return whether an address never leaves this machine."""
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _split(text: str, schemes: Iterable[str], example: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        bad_port = parts.port == 0
    except ValueError:
        raise ValueError(f"is not an address. Write it like {example}") from None
    if parts.scheme not in schemes or not parts.hostname or bad_port:
        raise ValueError(
            f"must begin with {' or '.join(f'{s}://' for s in schemes)} and name a host, like {example}"
        )
    return parts


def ip(text: str) -> str:
    """An address to listen on, as a number."""
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("must be an address in numbers, like 127.0.0.1 or 0.0.0.0") from None


TELEGRAM_NETWORKS = ("149.154.160.0/20", "91.108.4.0/22")
"""Where Telegram posts from, by its own guide (core.telegram.org/bots/webhooks)."""


def networks(text: str) -> str:
    """Networks separated by commas; the word `telegram` stands for Telegram's own."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    named = [one for part in parts for one in (TELEGRAM_NETWORKS if part == "telegram" else (part,))]
    try:
        return ",".join(dict.fromkeys(str(ip_network(one)) for one in named))
    except ValueError:
        raise ValueError("must be networks separated by commas, like 10.0.0.0/8, or telegram") from None


def hosts(text: str) -> frozenset[str]:
    """Names of hosts separated by commas, without scheme and port."""
    parts = [part.strip().lower() for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]{0,252})", part) for part in parts):
        raise ValueError("must be names of hosts separated by commas, like nginx,bot")
    return frozenset(parts)


def http_url(text: str) -> str:
    """An http or https address without a trailing slash."""
    _split(text, ("https", "http"), "https://api.telegram.org")
    return text.rstrip("/")


def webhook_url(text: str) -> str:
    """The public address that Telegram posts to; plain http is taken for this machine only."""
    parts = _split(text, ("https", "http"), "https://bot.example.org/webhook")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must begin with https://, for Telegram posts to nothing else")
    return text


def _one_of_schemes(*schemes: str, example: str) -> Parser[Secret]:
    def parse(text: str) -> Secret:
        _split(text, schemes, example)
        return Secret(text)

    return parse


database_url = _one_of_schemes("postgresql", "postgres", example="postgresql://user:password@host:5432/name")
secret_url = _one_of_schemes("https", "http", example="https://hc-ping.example.org/KEY")
redis_url = or_sentinels(_one_of_schemes("redis", "rediss", "unix", example="redis://:password@host:6379/0"))


def _list(one: Parser[Secret]) -> Parser[tuple[Secret, ...]]:
    def parse(text: str) -> tuple[Secret, ...]:
        return tuple(dict.fromkeys(one(part.strip()) for part in text.split(",") if part.strip()))

    return parse


rpc_urls = _list(_one_of_schemes("https", "http", example="https://mainnet.example.org/?api-key=KEY"))
ws_urls = _list(_one_of_schemes("wss", "ws", example="wss://mainnet.example.org/?api-key=KEY"))


def ids(text: str) -> frozenset[int]:
    """Telegram's numeric user ids, separated by commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(r"[1-9][0-9]{0,15}", part) for part in parts):
        raise ValueError(
            "must be numeric user ids separated by commas, like 123456,789012 (@userinfobot tells yours)"
        )
    return frozenset(map(int, parts))


def addresses(text: str) -> frozenset[str]:
    """Addresses of wallets or mints, separated by commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(map(is_address, parts)):
        raise ValueError("must be addresses separated by commas, of 32 to 44 letters and digits each")
    return frozenset(parts)


def name(text: str) -> str:
    """A short name for keys and labels."""
    if not _NAME.fullmatch(text):
        raise ValueError("must be up to 64 letters, digits, dots, _ or -")
    return text


def examples(text: str) -> str:
    """`Label=ADDRESS`, separated by commas; every address is one."""
    for part in text.split(","):
        label, _, address = part.rpartition("=")
        if not label.strip() or not is_address(address.strip()):
            raise ValueError("must be names and addresses of wallets, like Toly=ADDRESS,Ansem=ADDRESS")
    return text


def hourly_limits(text: str) -> str:
    """`free=300,plus=1000,pro=0`."""
    return hourly_limits_text(parse_hourly_limits(text))


def whole(low: int, high: int) -> Parser[int]:
    """A whole number from `low` to `high`."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


port = whole(1, _MAX_PORT)


def number(low: float, high: float) -> Parser[float]:
    """A number from `low` to `high`."""

    def parse(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) or not low <= float(text) <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return float(text)

    return parse


def choice(*choices: str) -> Parser[str]:
    """One of a few words."""

    def parse(text: str) -> str:
        word = text.lower()
        if word not in choices:
            raise ValueError(f"must be {' or '.join(choices)}")
        return word

    return parse


def folder(text: str) -> str:
    """A folder that is there."""
    if not Path(text).expanduser().is_dir():
        raise ValueError("is no folder. Name one that is there")
    return text


def path(text: str) -> Path:
    """A folder; `~` is the home folder."""
    return Path(text).expanduser()
