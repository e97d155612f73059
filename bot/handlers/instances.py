"""/instances: each process and how it is, for operators; with minutes also the wallets silent for so long."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.texts.instances import Quiet, Running, instances_text

MAX_MINUTES = 60 * 24 * 365


async def instances(request: Request, services: Services) -> Reply:
    """Tell of every process; of silent wallets where minutes are given."""
    running = [
        Running(
            name=one.instance_id,
            program=one.program,
            health=one.health,
            silent_seconds=one.silent_seconds,
            wallets=one.wallets,
            sockets=one.sockets,
            shard_role=_text(
                *(one.detail.get(name) for name in ("stage", "mode", "turn", "reconcile", "queue"))
            ),
            nodes=_nodes(one.detail.get("nodes")),
        )
        for one in await services.system_status.instances()
    ]
    minutes = _minutes(request.words)
    quiet = [] if minutes is None else await services.system_status.gaps(minutes)
    silent = [Quiet(address=gap.address, minutes=gap.minutes) for gap in quiet]
    return Reply(text=instances_text(running, silent, minutes=minutes))


def _minutes(words: str) -> int | None:
    """The minutes asked for; None: none, or no number that makes sense."""
    text = words.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text[:12]), MAX_MINUTES)


def _nodes(silent: object) -> dict[str, str]:
    return {str(name): str(state) for name, state in silent.items()} if isinstance(silent, dict) else {}


def _text(*parts: object) -> str:
    return ", ".join(part for part in parts if isinstance(part, str))
