"""What somebody does in a made-up week: a pattern, or what only looks like one, whoever looks."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from bench.weeks import (
    BEGIN,
    DAY,
    END,
    HOUR,
    WITHIN,
    Address,
    AddressEvent,
    Planted,
    Plot,
    Tape,
    Week,
    deposit,
    generated_week,
    scalp,
)
from domain.patterns.sightings import Action


def week_with(pattern: str, seed: int) -> Week:
    """A week in which the pattern is."""
    return generated_week(f"{pattern} {seed}", lambda _: PLANTS[pattern])


def week_without(pattern: str, seed: int) -> Week:
    """A week in which something only looks like the pattern."""

    def chosen(rng: Random) -> Plot:
        return rng.choice(DECOYS[pattern])

    return generated_week(f"no {pattern} {seed}", chosen)


def _confluence(tape: Tape) -> Planted:
    """Several persons buy one token; of some, more than one wallet does."""
    rng, mint, at = tape.rng, tape.name("hot"), tape.moment()
    people = tape.strangers(rng.randint(3, 6))
    span, last = rng.uniform(60, WITHIN * 0.95), at
    for number, person in enumerate(people):
        begins = at + span * (number / (len(people) - 1))
        for wallet in person if rng.random() < 0.4 else person[:1]:
            last = max(last, begins)
            owned = tape.buy(wallet, begins, mint, tape.dollars())
            for _ in range(rng.choice((0, 0, 1, 2))):
                owned = tape.buy(wallet, begins + rng.uniform(5, 900), mint, tape.dollars(), owned)
    return Planted("confluence", mint, at, last, len(people))


def _leaving(tape: Tape) -> Planted:
    """Several persons who hold one token sell it, most in parts."""
    rng, mint, at = tape.rng, tape.name("hot"), tape.moment()
    people = tape.strangers(rng.randint(3, 5))
    span, last = rng.uniform(60, WITHIN * 0.6), at
    for number, person in enumerate(people):
        wallet, bought = person[0], at - (number + 1) * rng.uniform(2 * HOUR, 5 * HOUR)
        owned = tape.buy(wallet, bought, mint, tape.dollars())
        sells = at + span * (number / (len(people) - 1))
        for part in rng.choice(((1.0,), (0.97,), (0.5, 1.0), (0.4, 0.6, 0.96))):
            owned = tape.sell(wallet, sells, mint, owned, part)
            last = max(last, sells)
            sells += rng.uniform(5, WITHIN * 0.12)
    return Planted("leaving", mint, at, last, len(people))


def _slices(tape: Tape) -> Planted:
    """One wallet buys one token repeatedly, in parts of like size."""
    rng, mint, at, owned = tape.rng, tape.name("quiet"), tape.moment(), 0
    ((wallet, *_),) = tape.strangers(1)
    begins, middle, pace = at, rng.uniform(300, 20_000), rng.uniform(120, 1_800)
    for _ in range(rng.randint(6, 20)):
        owned = tape.buy(wallet, at, mint, middle * rng.uniform(0.5, 1.6), owned)
        last, at = at, at + pace * rng.uniform(0.4, 1.6)
    return Planted("accumulation", wallet, begins, last)


def _awakening(tape: Tape) -> Planted:
    """A wallet that has done nothing for a month or longer trades; meanwhile things were sent to it."""
    rng, at = tape.rng, tape.moment()
    ((wallet, *_),) = tape.strangers(1)
    tape.last_active[wallet] = at - rng.uniform(32, 400) * DAY
    tape.sightings[:] = [one for one in tape.sightings if one.wallet != wallet or one.action is Action.GOT]
    for _ in range(rng.randint(0, 3)):
        tape.pay("stranger", wallet, at - rng.uniform(HOUR, 20 * DAY), 0.001)
    tape.buy(wallet, at, tape.name("mint"), tape.dollars())
    return Planted("awakening", wallet, at, at)


def _move(tape: Tape) -> Planted:
    """Somebody moves nearly all into a new wallet, which then trades, or lies there for days."""
    rng, at = tape.rng, tape.moment(END - 3 * DAY)
    ((wallet, *_),) = tape.strangers(1)
    home, book = tape.name("home"), rng.lognormvariate(11, 1.2) + 5_000
    begins, parts = at, rng.randint(1, 6)
    tape.addresses[home] = Address(at - rng.choice((0.0, rng.uniform(0, 20 * HOUR))))
    part = rng.uniform(0.75, 0.99) / parts
    for _ in range(parts):
        kind = rng.choice(("SOL", "USDC", "small"))
        mint = tape.name("mint") if kind == "small" else kind
        tape.send(wallet, at, home, book * part, mint, is_small=kind == "small", book=book)
        last, at = at, at + rng.uniform(5, 0.8 * HOUR / parts)
    if rng.random() < 0.7:
        acts = [AddressEvent(last + rng.uniform(300, 30 * HOUR)) for _ in range(3)]
        tape.addresses[home].events += sorted(acts)
    return Planted("move", wallet, begins, last)


def _one_person(tape: Tape) -> None:
    """All wallets of one or two persons buy one token, and sell it together."""
    rng, mint, at = tape.rng, tape.name("hot"), tape.moment()
    rich = sorted(tape.strangers(len(tape.people)), key=len, reverse=True)[: rng.choice((1, 2))]
    tape.busy = {wallet for person in rich for wallet in person}
    for wallet in (wallet for person in rich for wallet in person):
        owned = tape.buy(wallet, at + rng.uniform(0, WITHIN * 0.9), mint, tape.dollars())
        tape.sell(wallet, at + WITHIN + rng.uniform(0, WITHIN * 0.9), mint, owned, 1)


def _two_persons(tape: Tape) -> None:
    """Two persons buy one token repeatedly, and sell it; a third gets it for nothing."""
    rng, mint, at = tape.rng, tape.name("hot"), tape.moment()
    *buyers, third = tape.strangers(3)
    for person in buyers:
        owned = tape.buy(person[0], at + rng.uniform(0, WITHIN * 0.5), mint, tape.dollars())
        owned = tape.buy(person[0], at + rng.uniform(WITHIN * 0.5, WITHIN), mint, tape.dollars(), owned)
        tape.sell(person[0], at + WITHIN * 1.2 + rng.uniform(0, 900), mint, owned, 1)
    tape.add(third[0], at + 60, Action.GOT, mint, usd=tape.dollars(), by_itself=False, party="giver")


def _far_apart(tape: Tape) -> None:
    """Many buy one token, and sell it later, but never three within half an hour."""
    rng, mint, at = tape.rng, tape.name("hot"), tape.moment(END - 2 * DAY)
    for person in tape.strangers(rng.randint(3, 6)):
        owned = tape.buy(person[0], at, mint, tape.dollars())
        tape.sell(person[0], at + 8 * HOUR, mint, owned, 1)
        at += WITHIN * rng.uniform(0.55, 4)


def _forth_and_back(tape: Tape) -> None:
    """One buys while others sell parts of what they have."""
    rng, mint, at = tape.rng, tape.name("hot"), tape.moment()
    buyer, *sellers = tape.strangers(rng.randint(4, 6))
    for number, person in enumerate(sellers):
        owned = tape.buy(person[0], at - (number + 1) * rng.uniform(2 * HOUR, 4 * HOUR), mint, tape.dollars())
        sold_at = at + rng.uniform(0, WITHIN * 0.9)
        tape.sell(person[0], sold_at, mint, owned, rng.uniform(0.05, 0.65))
    tape.buy(buyer[0], at + 300, mint, tape.dollars())


def _scalper(tape: Tape) -> None:
    ((wallet, *_),) = tape.strangers(1)
    for _ in range(tape.rng.randint(2, 6)):
        scalp(tape, wallet)


def _saver(tape: Tape) -> None:
    """The same sum once or twice a day."""
    rng, mint, owned = tape.rng, tape.name("saved"), 0
    ((wallet, *_),) = tape.strangers(1)
    at, own = BEGIN + rng.uniform(0, DAY), tape.dollars()
    while at < END:
        owned = tape.buy(wallet, at, mint, own, owned)
        at += rng.choice((12, 24)) * HOUR


def _few_slices(tape: Tape) -> None:
    """Two to four purchases, or a large one with crumbs beside it."""
    rng, mint, at, owned = tape.rng, tape.name("mint"), tape.moment(), 0
    ((wallet, *_),) = tape.strangers(1)
    if rng.random() < 0.5:
        for _ in range(rng.randint(2, 4)):
            owned = tape.buy(wallet, at, mint, tape.dollars(), owned)
            at += rng.uniform(60, 2_000)
        return
    owned = tape.buy(wallet, at, mint, rng.uniform(20_000, 200_000))
    for _ in range(rng.randint(4, 9)):
        at += rng.uniform(60, 1_500)
        owned = tape.buy(wallet, at, mint, rng.uniform(10, 300), owned)


def _short_sleep(tape: Tape) -> None:
    """Somebody comes back after some weeks, or has only received something."""
    rng, at = tape.rng, tape.moment()
    ((wallet, *_),) = tape.strangers(1)
    tape.sightings[:] = [one for one in tape.sightings if one.wallet != wallet or one.action is Action.GOT]
    if rng.random() < 0.5:
        tape.last_active[wallet] = at - rng.uniform(5, 27) * DAY
        tape.buy(wallet, at, tape.name("mint"), tape.dollars())
        return
    tape.last_active[wallet] = at - rng.uniform(40, 300) * DAY
    for _ in range(rng.randint(1, 5)):
        tape.pay("stranger", wallet, at + rng.uniform(0, DAY), rng.choice((0.0001, 0.01, 3)))


def _just_followed(tape: Tape) -> None:
    """A wallet of which nothing is known does its first trade that is seen."""
    ((wallet, *_),) = tape.strangers(1)
    tape.sightings[:] = [one for one in tape.sightings if one.wallet != wallet or one.action is Action.GOT]
    del tape.last_active[wallet]
    tape.buy(wallet, tape.moment(), tape.name("mint"), tape.dollars())


def _exchange(tape: Tape) -> None:
    """Nearly all goes to an exchange."""
    ((wallet, *_),) = tape.strangers(1)
    deposit(tape, wallet, tape.moment(), part=tape.rng.uniform(0.72, 0.99))


def _payment(tape: Tape) -> None:
    """A part, never most of it, goes to somebody's new wallet, who then trades."""
    rng, at = tape.rng, tape.moment()
    ((wallet, *_),) = tape.strangers(1)
    other, book = tape.name("payee"), rng.uniform(10_000, 500_000)
    tape.addresses[other] = Address(at - HOUR, [AddressEvent(at + rng.uniform(HOUR, DAY))])
    tape.send(wallet, at, other, book * rng.uniform(0.05, 0.6), rng.choice(("SOL", "USDC")), book=book)


def _old_wallet(tape: Tape) -> None:
    """Nearly all goes to a wallet that is long in use."""
    rng, at = tape.rng, tape.moment()
    ((wallet, *_),) = tape.strangers(1)
    other, book = tape.name("old"), rng.uniform(10_000, 500_000)
    acts = [AddressEvent(BEGIN - rng.uniform(0, 90) * DAY) for _ in range(9)]
    tape.addresses[other] = Address(BEGIN - rng.uniform(90, 900) * DAY, sorted(acts))
    tape.send(wallet, at, other, book * rng.uniform(0.75, 0.99), book=book)


def _many_venues(tape: Tape) -> None:
    """All goes out, to several new wallets, or over a day to one."""
    rng, at = tape.rng, tape.moment()
    ((wallet, *_),) = tape.strangers(1)
    book, is_slow = rng.uniform(10_000, 500_000), rng.random() < 0.5
    payees = [tape.name("payee") for _ in range(1 if is_slow else rng.randint(2, 5))]
    for number in range(3):
        other = payees[number % len(payees)]
        acts = [AddressEvent(at + rng.uniform(HOUR, DAY))]
        tape.addresses.setdefault(other, Address(at - rng.uniform(0, HOUR), acts))
        tape.send(wallet, at, other, book * 0.23, "small", is_small=True, book=book * (1 - 0.23 * number))
        at += rng.uniform(1.2, 5) * HOUR if is_slow else rng.uniform(10, 600)


PLANTS: Mapping[str, Callable[[Tape], Planted]] = {
    "confluence": _confluence,
    "leaving": _leaving,
    "accumulation": _slices,
    "awakening": _awakening,
    "move": _move,
}
"""By pattern, what it is."""
DECOYS: Mapping[str, Sequence[Plot]] = {
    "confluence": (_one_person, _two_persons, _far_apart, _forth_and_back),
    "leaving": (_one_person, _two_persons, _far_apart, _forth_and_back),
    "accumulation": (_scalper, _saver, _few_slices),
    "awakening": (_short_sleep, _just_followed),
    "move": (_exchange, _exchange, _payment, _old_wallet, _many_venues),
}
"""By pattern, what looks like it."""
