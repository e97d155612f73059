"""Creation: a token or a pool was made, and nothing of it bought."""

from chain.decoders.instructions import Verb
from chain.decoders.wallet_view import Scene
from domain.activity.activity import Kind


def kind(scene: Scene) -> Kind | None:
    """Create, where the wallet signed for it and received nothing."""
    if scene.signed and not scene.received and Verb.CREATE in scene.verbs:
        return Kind.CREATE
    return None
