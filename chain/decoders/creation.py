"""Creation: a token or a pool was made, and nothing of it bought."""

from chain.instructions import Verb
from chain.scene import Scene
from domain.activity import Kind


def kind(scene: Scene) -> Kind | None:
    """Create, where the wallet signed for it and received nothing."""
    if scene.signed and not scene.received and Verb.CREATE in scene.verbs:
        return Kind.CREATE
    return None
