"""Links to block explorers: only to sites named here, only for the chains they show. Pure."""

from messaging.telegram.escaping import escape

_SITES = {"solana": (("Solscan", "https://solscan.io"), ("Explorer", "https://explorer.solana.com"))}


def transaction_links(chain: str, signature: str) -> tuple[str, ...]:
    """Telegram HTML links to a transaction; empty for a chain that no known site shows, as the sandbox."""
    return tuple(_link(name, f"{site}/tx/{signature}") for name, site in _SITES.get(chain, ()))


def _link(name: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(name)}</a>'
