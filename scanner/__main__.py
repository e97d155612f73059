"""`python -m scanner`: watches the chain."""

import sys

from runtime.entry import start
from scanner.wiring import scan

sys.exit(start("scanner", scan))
