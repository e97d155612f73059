"""The volume bot's plan, without a chain."""

from random import Random

from sandbox.actors.intents import Buy, Intent, Sell, SendSol, SendSolToMany
from sandbox.actors.strategies.volume_bot import CYCLES, PART, VolumeBot, cycle
from tests.sandbox.actors.samples import ALL, FRIENDS, balances

WALLETS = 4


def one_cycle(rng: Random) -> list[tuple[int, Intent | None]]:
    bot = VolumeBot(token=ALL["TITHE"])
    wallet_balances = [balances(owned={ALL["TITHE"]: 10})] * (WALLETS + 1)
    steps = []
    for _ in range(cycle(WALLETS)):
        bot, actor, intent = bot.decide(wallet_balances, rng)
        steps.append((actor, intent))
    assert bot.step == 0
    return steps


def test_it_begins_with_equal_parts_for_all(rng: Random) -> None:
    assert one_cycle(rng)[0] == (0, SendSolToMany(to=FRIENDS, lamports=PART))


def test_its_wallets_buy_and_sell_in_turn_in_near_equal_sizes(rng: Random) -> None:
    trades = one_cycle(rng)[1 : 1 + 2 * WALLETS * CYCLES]
    assert [actor for actor, _ in trades[::2]] == [1, 2, 3, 4] * CYCLES
    assert all(isinstance(intent, Sell) for _, intent in trades[1::2])
    sizes = [intent.lamports for _, intent in trades[::2] if isinstance(intent, Buy)]
    assert len(sizes) == WALLETS * CYCLES
    assert max(sizes) < 1.03 * min(sizes)


def test_its_wallets_return_the_rest(rng: Random) -> None:
    returned = one_cycle(rng)[-WALLETS:]
    assert [actor for actor, _ in returned] == [1, 2, 3, 4]
    assert all(isinstance(intent, SendSol) and intent.to == FRIENDS[0] for _, intent in returned)


def test_a_wallet_with_nothing_to_sell_or_return_passes(rng: Random) -> None:
    empty = [balances(0)] * (WALLETS + 1)
    assert VolumeBot(token=ALL["TITHE"], step=2).decide(empty, rng).intent is None
    assert VolumeBot(token=ALL["TITHE"], step=cycle(WALLETS) - 1).decide(empty, rng).intent is None
