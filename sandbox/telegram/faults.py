"""Faults on demand: what goes wrong, with which calls or updates, and how often."""

import random
from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct, structs


class FaultKind(StrEnum):
    """What can go wrong, and whether the call is executed nevertheless."""

    DROP_ANSWER = "drop_answer"  # executed; the connection is closed instead of an answer
    CUT_JSON = "cut_json"  # executed; half of the answer arrives
    STALL_ANSWER = "stall_answer"  # executed at once, answered after `seconds`
    STALL = "stall"  # executed and answered after `seconds`
    REFUSE = "refuse"  # not executed; the connection is closed
    FLOOD = "flood"  # 429 with `retry_after`
    SERVER_ERROR = "server_error"  # `code` (500) with a JSON body
    HTML = "html"  # `code` (502) with an HTML body
    BLOCK = "block"  # 403 bot was blocked by the user
    CHAT_NOT_FOUND = "chat_not_found"  # 400
    ERROR = "error"  # `code` with `description`
    MIGRATE = "migrate"  # the group becomes a supergroup: 400 with migrate_to_chat_id
    REVOKE = "revoke"  # 401, the token is rejected from now on
    DUPLICATE_UPDATE = "duplicate_update"  # an update is pushed twice, at the same time
    DELAY_UPDATE = "delay_update"  # an update is pushed `seconds` late
    REORDER_UPDATE = (
        "reorder_update"  # an update is pushed `seconds` late and overtaken by the next of its chat
    )


UPDATE_FAULTS = frozenset({FaultKind.DUPLICATE_UPDATE, FaultKind.DELAY_UPDATE, FaultKind.REORDER_UPDATE})
_AFTER = frozenset({FaultKind.DROP_ANSWER, FaultKind.CUT_JSON, FaultKind.STALL_ANSWER})


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault; None in `method` or `chat_id` means any.

    `{"fault":"flood","method":"sendMessage","times":2,"retry_after":5}`.
    """

    fault: FaultKind
    method: str | None = None  # of the Bot API, in any case
    chat_id: int | None = None
    times: int | None = 1  # None: until removed
    seconds: float = 1.0
    retry_after: int = 5
    code: int | None = None
    description: str | None = None
    accepted: bool = False  # with server_error and html: the call is executed nevertheless
    chance: float = 1.0  # of each call that matches to be hit
    fault_id: int = 0  # given when added

    @property
    def is_executed(self) -> bool:
        """Whether the call is executed and only its answer fails."""
        return self.fault in _AFTER or self.accepted

    def concerns(self, method: str, chat_id: int | None) -> bool:
        """Whether a call of `method` (lower case) about `chat_id` matches."""
        if self.method is not None and self.method.lower() != method:
            return False
        return self.chat_id is None or self.chat_id == chat_id


class Faults:
    """The active faults; the oldest one that matches is taken first."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._last_id = 0

    def __bool__(self) -> bool:
        return bool(self._rules)

    def add(self, fault: Fault) -> int:
        """Add a fault; its id."""
        self._last_id += 1
        self._rules.append(structs.replace(fault, fault_id=self._last_id))
        return self._last_id

    def remove(self, fault_id: int) -> bool:
        """Remove a fault; False: it was not active."""
        before = len(self._rules)
        self._rules = [rule for rule in self._rules if rule.fault_id != fault_id]
        return len(self._rules) < before

    def clear(self) -> None:
        """Remove all."""
        self._rules.clear()

    def active(self) -> list[Fault]:
        """The active faults, with the times that are left."""
        return list(self._rules)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that matches this call, counted as used; None: there is none."""
        return self._use(lambda rule: rule.fault not in UPDATE_FAULTS and rule.concerns(method, chat_id))

    def take_refusal(self, method: str) -> Fault | None:
        """The fault that closes the connection before the call is read; None: there is none."""
        return self._use(
            lambda rule: (
                rule.fault is FaultKind.REFUSE and rule.chat_id is None and rule.concerns(method, None)
            )
        )

    def take_update(self, chat_id: int) -> Fault | None:
        """The fault that matches an update of a chat or user, counted as used; None: there is none."""
        return self._use(lambda rule: rule.fault in UPDATE_FAULTS and rule.chat_id in (None, chat_id))

    def _use(self, wanted: Callable[[Fault], bool]) -> Fault | None:
        for index, rule in enumerate(self._rules):
            if wanted(rule) and (rule.chance >= 1 or random.random() < rule.chance):  # noqa: S311 - plays chance
                self._count(index, rule)
                return rule
        return None

    def _count(self, index: int, rule: Fault) -> None:
        if rule.times is None:
            return
        if rule.times <= 1:
            del self._rules[index]
        else:
            self._rules[index] = structs.replace(rule, times=rule.times - 1)
