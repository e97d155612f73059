"""Faults on demand: what goes wrong on the local chain, how often, and for which methods."""

from typing import Literal, get_args

import msgspec

NotificationFault = Literal[
    "drop", "duplicate", "delay", "reorder", "stall_socket", "disconnect", "disconnect_lagging"
]
ChainFault = Literal["skip_slot", "fork"]
NodeFault = Literal["lying", "lag", "omit"]
HttpFault = Literal[
    "rate_limit", "unauthorized", "forbidden", "server_error", "html", "cut_json", "stall_answer"
]
Name = Literal[NotificationFault, ChainFault, NodeFault, HttpFault]

NOTIFICATION: tuple[str, ...] = get_args(NotificationFault)
HTTP: tuple[str, ...] = get_args(HttpFault)


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault.

    Notifications: `drop`, `duplicate`, `delay` (by `seconds`), `reorder` (swapped with the next one),
    `stall_socket` (open but silent for `seconds`, or forever), `disconnect` (closed in order),
    `disconnect_lagging` (dropped as a node drops a client that reads too slowly). Chain: `skip_slot`; `fork`
    (the next block is dropped before it is confirmed; with `reland` its transactions land again in the block
    that replaces it; needs `confirmed_lag` above 0). Node: `lying` (a slot that has a block, `slot` or any,
    is said to be skipped); `lag` (answers as if the last `slots` slots had not happened yet); `omit`
    (getTransactionsForAddress lists nothing). HTTP: `rate_limit` (429, Retry-After `seconds`), `unauthorized`
    (401), `forbidden` (403), `server_error` (`status`), `html` (200 with a page), `cut_json` (the body ends
    in the middle), `stall_answer` (after `seconds`).

    `{"fault":"delay","times":3,"methods":["logsSubscribe"],"seconds":2.5}`.
    """

    fault: Name
    times: int | None = 1
    """How often it happens; None: until it is cleared."""
    methods: tuple[str, ...] = ()
    """Only these RPC methods, or notifications of these subscriptions ("logsSubscribe"); empty: all.

    "connect" stands for opening a WebSocket.
    """
    seconds: float | None = None
    slots: int = 10
    slot: int | None = None
    status: int = 503
    reland: bool = False

    def __post_init__(self) -> None:
        """Refuse a fault that can never happen.

        Raises:
            ValueError: a number is out of its range.
        """
        if self.times is not None and self.times < 1:
            raise ValueError("times must be at least 1, or null for ever")
        if self.seconds is not None and self.seconds < 0:
            raise ValueError("seconds must be at least 0")
        if self.fault in ("delay", "stall_answer") and self.seconds is None:
            raise ValueError(f"{self.fault} needs seconds")
        if self.slots < 1:
            raise ValueError("slots must be at least 1")
        if not 500 <= self.status <= 599:  # noqa: PLR2004 - the codes of server errors
            raise ValueError("status must be of the 5xx kind")


class Faults:
    """The armed faults; the oldest one that matches is taken first."""

    def __init__(self) -> None:
        """Begin with none."""
        self._armed: list[Fault] = []

    @property
    def armed(self) -> list[Fault]:
        """The faults that can still happen."""
        return list(self._armed)

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def take(self, *names: str, method: str | None = None, slot: int | None = None) -> Fault | None:
        """The first armed fault of these names that matches, counted as used; None: there is none.

        Args:
            names: of faults; any of them.
            method: of the request, or the subscribe method of a notification; None matches only faults of all
                methods.
            slot: that is asked for; None matches only faults of any slot.
        """
        for fault in self._armed:
            if fault.fault in names and _fits(fault, method, slot):
                return self._use(fault)
        return None

    def take_handshake_fault(self) -> Fault | None:
        """The first fault armed for "connect", which refuses a WebSocket handshake; counted as used."""
        for fault in self._armed:
            if fault.fault in HTTP and "connect" in fault.methods:
                return self._use(fault)
        return None

    def _use(self, fault: Fault) -> Fault:
        if fault.times is None:
            return fault
        index = self._armed.index(fault)
        if fault.times == 1:
            del self._armed[index]
        else:
            self._armed[index] = msgspec.structs.replace(fault, times=fault.times - 1)
        return fault


def _fits(fault: Fault, method: str | None, slot: int | None) -> bool:
    if fault.methods and method not in fault.methods:
        return False
    return fault.slot is None or fault.slot == slot
