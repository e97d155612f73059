"""Words and how they reach a chat: texts, keyboards, escaping, limiter, sender, outcomes."""

import os

os.environ.setdefault(
    "PTB_TIMEDELTA", "1"
)  # times of python-telegram-bot as timedelta, which will be the only way
