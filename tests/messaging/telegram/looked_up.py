"""Which words of a text in the language of brackets were not looked up."""

import re

from messaging.telegram.names import CHARTS, EXPLORERS, MARKETS

TYPED = re.compile(r"<code>.*?</code>", re.DOTALL)
"""What people write to the bot, which is the same in every language."""
INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
SITES = "|".join(re.escape(name) for sites in (EXPLORERS, CHARTS, MARKETS) for name, _ in sites.values())
SAME_EVERYWHERE = re.compile(
    r"https?://\S+|(?<!\w)/[a-z]+|\b\w{4}…\w{4}\b|\b[1-9A-HJ-NP-Za-km-z]{32,44}\b"
    rf"|\b(?:SOL|UTC|KRILL|CLEAN|Toly-2|Jupiter|Raydium|{SITES}|example\.org)\b"
)


def left_outside(text: str) -> list[str]:
    """The words that were not looked up, without names, commands, and addresses."""
    while INNERMOST.search(text):
        text = INNERMOST.sub(" ", text)
    return re.findall(r"[A-Za-z]{2,}", SAME_EVERYWHERE.sub(" ", text))
