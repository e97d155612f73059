"""Messages and how they are sent: texts, keyboards, escaping, limiter, sender, answers."""

import os

os.environ.setdefault(
    "PTB_TIMEDELTA", "1"
)  # times of python-telegram-bot as timedelta, which will be the only way
