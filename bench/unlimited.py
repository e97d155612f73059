"""The notifications worker with a rate that never holds it back: what it can do, not what it may."""

import os
import sys
from dataclasses import replace

from domain.jobs import Queue
from runtime.settings.loading import load_settings
from workers.wiring import run_worker

if __name__ == "__main__":
    sys.exit(run_worker(Queue.NOTIFICATIONS, replace(load_settings(os.environ), telegram_rate=1e6)))
