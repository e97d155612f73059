"""Faults on demand: what goes wrong with which call or update, how often."""

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct, structs


class FaultKind(StrEnum):
    """What can go wrong, and whether the call is carried out all the same."""

    DROP_ANSWER = "drop_answer"  # carried out, connection closed instead of an answer
    CUT_JSON = "cut_json"  # carried out, half of the answer arrives
    STALL_ANSWER = "stall_answer"  # carried out at once, answered after `seconds`
    STALL = "stall"  # carried out and answered after `seconds`
    REFUSE = "refuse"  # connection closed, nothing carried out
    FLOOD = "flood"  # 429 with `retry_after`
    SERVER_ERROR = "server_error"  # `code` (500) with a JSON body
    HTML = "html"  # `code` (502) with an HTML body
    BLOCK = "block"  # 403 bot was blocked by the user
    CHAT_NOT_FOUND = "chat_not_found"  # 400
    ERROR = "error"  # `code` with `description`
    MIGRATE = "migrate"  # the group becomes a supergroup: 400 with migrate_to_chat_id
    REVOKE = "revoke"  # 401, the token is worthless
    DUPLICATE_UPDATE = "duplicate_update"  # an update is pushed twice, at the same time
    DELAY_UPDATE = "delay_update"  # an update is pushed `seconds` late
    REORDER_UPDATE = (
        "reorder_update"  # an update is pushed `seconds` late and overtaken by the next of its chat
    )


UPDATE_FAULTS = frozenset({FaultKind.DUPLICATE_UPDATE, FaultKind.DELAY_UPDATE, FaultKind.REORDER_UPDATE})
_AFTER = frozenset({FaultKind.DROP_ANSWER, FaultKind.CUT_JSON, FaultKind.STALL_ANSWER})


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule; None in `method` or `chat_id` means any."""

    fault: FaultKind
    method: str | None = None  # of the Bot API, in any case
    chat_id: int | None = None
    times: int | None = 1  # None: until removed
    seconds: float = 1.0
    retry_after: int = 5
    code: int | None = None
    description: str | None = None
    accepted: bool = False  # with server_error and html: the call took effect all the same
    fault_id: int = 0  # given when added

    @property
    def is_executed(self) -> bool:
        """True when the call takes effect and only its answer suffers."""
        return self.fault in _AFTER or self.accepted

    def concerns(self, method: str, chat_id: int | None) -> bool:
        """True when a call of `method` (lower case) about `chat_id` is meant."""
        if self.method is not None and self.method.lower() != method:
            return False
        return self.chat_id is None or self.chat_id == chat_id


class Faults:
    """The rules in force, first come first used."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._last_id = 0

    def __bool__(self) -> bool:
        return bool(self._rules)

    def add(self, fault: Fault) -> int:
        """Put a rule in force; returns its id."""
        self._last_id += 1
        self._rules.append(structs.replace(fault, fault_id=self._last_id))
        return self._last_id

    def remove(self, fault_id: int) -> bool:
        """Lift one rule; False when it was not in force."""
        before = len(self._rules)
        self._rules = [rule for rule in self._rules if rule.fault_id != fault_id]
        return len(self._rules) < before

    def clear(self) -> None:
        """Lift all."""
        self._rules.clear()

    def active(self) -> list[Fault]:
        """The rules in force, with the times they have left."""
        return list(self._rules)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The rule that hits this call, counted as used; None when all is well."""
        return self._use(lambda rule: rule.fault not in UPDATE_FAULTS and rule.concerns(method, chat_id))

    def take_refusal(self, method: str) -> Fault | None:
        """The rule that closes the connection before the call is even read."""
        return self._use(
            lambda rule: (
                rule.fault is FaultKind.REFUSE and rule.chat_id is None and rule.concerns(method, None)
            )
        )

    def take_update(self, chat_id: int) -> Fault | None:
        """The rule that hits an update of a chat or user."""
        return self._use(lambda rule: rule.fault in UPDATE_FAULTS and rule.chat_id in (None, chat_id))

    def _use(self, wanted: Callable[[Fault], bool]) -> Fault | None:
        for index, rule in enumerate(self._rules):
            if wanted(rule):
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
