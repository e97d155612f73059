"""An alert of a feed."""

from datetime import UTC, datetime

from domain.alerts.published import AlertRecord
from tests.storage.sample_data import purchase

NOW = datetime(2026, 11, 29, tzinfo=UTC)
BOUGHT = AlertRecord(alert_id=1, delivery_id=1, event=purchase(1), label="", happened_at=NOW, created_at=NOW)
