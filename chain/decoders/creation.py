"""Creation: a token or a pool was made, and nothing of it bought. Pure."""

from chain.decoders.instructions import Operation
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind


def kind(view: WalletView) -> Kind | None:
    """Create, where the wallet signed for it and received nothing."""
    if view.signed and not view.received and Operation.CREATE in view.operations:
        return Kind.CREATE
    return None
