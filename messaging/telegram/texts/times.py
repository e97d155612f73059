"""Times as Telegram's own entity, which each reader sees in their zone and language. Pure."""

from datetime import UTC, datetime


def date_time(moment: datetime) -> str:
    """Date and time of day as Telegram HTML; UTC is what old clients show."""
    utc = moment.astimezone(UTC)
    return f'<tg-time unix="{int(utc.timestamp())}" format="DT">{utc:%Y-%m-%d %H:%M} UTC</tg-time>'


def time_of_day(moment: datetime) -> str:
    """Hours and minutes as Telegram HTML."""
    utc = moment.astimezone(UTC)
    return f'<tg-time unix="{int(utc.timestamp())}" format="t">{utc:%H:%M} UTC</tg-time>'
