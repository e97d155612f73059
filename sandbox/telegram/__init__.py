"""A local Telegram: the Bot API of the real server, users, a ledger, faults on demand, and a chat page."""

from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.config import FloodLimits, SeedGroup, SeedUser, TelegramConfig
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.ledger import Entry
from sandbox.telegram.server import SandboxTelegram

__all__ = [
    "Entry",
    "Fault",
    "FaultKind",
    "FloodLimits",
    "MessageTarget",
    "SandboxTelegram",
    "SeedGroup",
    "SeedUser",
    "TelegramConfig",
]
