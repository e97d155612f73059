"""`python -m web`: pages, the API, and the feed."""

import sys

from runtime.processes.entry import start
from web.wiring import run_web

sys.exit(start("web", run_web))
