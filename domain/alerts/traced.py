"""Names of traces: from a chain event to its messages, and from an update to its reply. Pure.

Each process works the name out by itself, from what stands in the rows.
"""

from __future__ import annotations

from domain.activity.activity import Activity
from domain.alerts.kinds import AlertEvent


def trace_of_alert(event: AlertEvent, alert_id: int) -> str:
    """The name of an alert's way to its chats.

    Args:
        event: what it reports.
        alert_id: counts where the event did not happen on the chain.
    """
    return trace_of_activity(event) if isinstance(event, Activity) else f"alert:{alert_id}"


def trace_of_activity(activity: Activity) -> str:
    """The same, where nothing but the activity is known yet."""
    return f"{activity.chain}:{activity.signature}:{activity.wallet}:{activity.index}"


def trace_of_update(update_id: int) -> str:
    """The name of the way of what somebody asked, to its reply and to the answer of its question."""
    return f"update:{update_id}"
