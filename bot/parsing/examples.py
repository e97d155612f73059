"""The whales offered to newcomers, from EXAMPLE_WALLETS=Label=ADDRESS,Label=ADDRESS. Pure.

There is no built-in list: a wallet that is a whale today may be anything tomorrow.
"""

from domain.activity.addresses import is_address
from domain.rules.watches import MAX_LABEL
from messaging.telegram.escaping import clean

MAX_EXAMPLES = 3
"""More do not fit on one screen."""


def parse_examples(text: str) -> tuple[tuple[str, str], ...]:
    """Labels and addresses; a pair without a valid address is left out."""
    pairs = (part.rpartition("=") for part in text.split(","))
    found = [(clean(label, limit=MAX_LABEL), address.strip()) for label, _, address in pairs]
    return tuple(pair for pair in found if is_address(pair[1]))[:MAX_EXAMPLES]
