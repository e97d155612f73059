"""`python -m bot`: answers the chat."""

import sys

from bot.wiring import run_bot
from runtime.processes.entry import start

sys.exit(start("bot", run_bot))
