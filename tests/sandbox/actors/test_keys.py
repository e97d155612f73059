"""Keys and dice come from the seed alone."""

from sandbox.actors.keys import keypair, rng_for


def test_the_same_seed_and_name_give_the_same_key() -> None:
    assert keypair(7, "whale/Ahab") == keypair(7, "whale/Ahab")


def test_another_seed_or_name_gives_another_key() -> None:
    assert len({keypair(seed, name).pubkey() for seed in (1, 2) for name in ("a", "b")}) == 4


def test_dice_repeat_themselves() -> None:
    assert [rng_for("1", "a").random() for _ in range(3)] == [rng_for("1", "a").random()] * 3
    assert rng_for("1", "a").random() != rng_for("1", "b").random()
