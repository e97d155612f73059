"""Checks at the start that configured services answer, so that a wrong setting is named.

The programs start all the same: what is unavailable now may come. No sentence holds a key or a token.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from runtime.settings.secret import Secret
from runtime.settings.settings import Settings

CHECK_SECONDS = 3.0
"""How long an answer may take."""
_ASK = {"jsonrpc": "2.0", "id": 1, "method": "getGenesisHash"}
_UNAUTHORIZED = frozenset({401, 402, 403})
_NO_SUCH_TOKEN = frozenset({401, 404})


async def findings(settings: Settings) -> dict[str, str]:
    """What does not answer, by the program that needs it; of what the sandbox provides nothing is asked."""
    nodes, telegram = await asyncio.gather(
        _check_nodes(settings.rpc_urls) if settings.rpc_urls else _nothing(),
        _check_telegram(settings.telegram_api_url, settings.bot_token) if settings.bot_token else _nothing(),
    )
    found = {"scanner": nodes, "bot": telegram}
    return {program: sentence for program, sentence in found.items() if sentence}


async def _nothing() -> str:
    return ""


async def _check_nodes(urls: Sequence[Secret]) -> str:
    """Why none of the nodes can be used; empty: one answers."""
    answers = await asyncio.gather(*(_status(url.reveal(), ask=_ASK) for url in urls))
    if 200 in answers:  # noqa: PLR2004 - HTTP's yes
        return ""
    hosts = "; ".join(
        f"at {_host(url.reveal())}: {_node_words(answer)}" for url, answer in zip(urls, answers, strict=True)
    )
    return f"no node answers {hosts}; check RPC_URLS"


async def _check_telegram(api_url: str, token: Secret) -> str:
    answer = await _status(f"{api_url.rstrip('/')}/bot{token.reveal()}/getMe")
    if answer == 200:  # noqa: PLR2004 - HTTP's yes
        return ""
    if answer in _NO_SUCH_TOKEN:
        return f"Telegram refuses the bot's token (HTTP {answer}); put a valid one into BOT_TOKEN"
    words = f"HTTP {answer}" if isinstance(answer, int) else answer
    return f"Telegram does not answer at {_host(api_url)}: {words}; check the network, and TELEGRAM_API_URL"


def _node_words(answer: int | str) -> str:
    if answer in _UNAUTHORIZED:
        return f"HTTP {answer}, the key is refused"
    return f"HTTP {answer}" if isinstance(answer, int) else answer


async def _status(url: str, ask: dict[str, object] | None = None) -> int | str:
    """The HTTP status of an answer, or in words why there is none."""
    try:
        async with (
            asyncio.timeout(CHECK_SECONDS),
            aiohttp.ClientSession() as session,
            session.request("GET" if ask is None else "POST", url, json=ask, allow_redirects=False) as answer,
        ):
            return answer.status
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s"
    except aiohttp.ClientConnectorDNSError:
        return "its host name is not known"
    except aiohttp.ClientConnectorError as error:
        return (
            os.strerror(error.os_error.errno).lower() if error.os_error.errno else "it cannot be connected to"
        )
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return f"no answer ({type(error).__name__})"


def _host(url: str) -> str:
    """Host and port alone: what stands before and behind them may be a key."""
    return urlsplit(url).netloc.rpartition("@")[2]
