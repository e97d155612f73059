"""Nothing goes while Telegram does not answer; one check for all, and what waited goes soon after the end."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from domain.circuits import Asker, Leave, Timing
from domain.delivery.results import SendResult, SendStatus
from messaging.sending.circuit_breaker import CircuitBreaker, CircuitStore, LocalCircuit
from messaging.sending.steadiness import MIN_ANSWERS
from runtime.clock import monotonic

TIMING = Timing(first_wait=0.05, max_wait=0.1, trial=0.3, repeat_patience=0.2)
AMBIGUOUS = SendResult(status=SendStatus.AMBIGUOUS)
UNREACHABLE = SendResult(status=SendStatus.REFUSED, unreachable=True)
ACCEPTED = SendResult(status=SendStatus.ACCEPTED)


@dataclass
class Telegram:
    """Answers probes, or does not."""

    answers: bool = False
    probes: int = 0

    async def probe(self) -> bool:
        self.probes += 1
        return self.answers


class Away:
    """A shared state that never answers."""

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float] | None:
        return None

    async def failed(self, timing: Timing, chance: float) -> bool | None:
        return None

    async def probed(self, timing: Timing, chance: float, *, answered: bool) -> bool | None:
        return None

    async def close(self) -> bool | None:
        return None


def breaker(telegram: Telegram, shared: CircuitStore | None = None) -> CircuitBreaker:
    return CircuitBreaker(shared or LocalCircuit(), telegram.probe, timing=TIMING)


async def passes(gate: CircuitBreaker, *, patience: float = 0.0, is_repeat: bool = False) -> bool:
    return await gate.pass_(patience=patience, is_repeat=is_repeat) == 0.0


@pytest.mark.parametrize("sign", [AMBIGUOUS, UNREACHABLE])
@pytest.mark.parametrize("shared", [LocalCircuit(), Away()], ids=["shared", "alone"])
async def test_a_send_without_an_answer_stops_all_until_a_message_is_answered(
    shared: CircuitStore, sign: SendResult
) -> None:
    telegram = Telegram()
    gate = breaker(telegram, shared)
    assert await passes(gate)
    await gate.observe(sign, began=monotonic())
    assert not await passes(gate, patience=0.3)
    assert telegram.probes > 1
    telegram.answers = True
    assert await passes(gate, patience=1.0)
    assert not await passes(gate)
    await gate.observe(ACCEPTED, began=monotonic())
    assert all([await passes(gate) for _ in range(5)])


async def test_processes_that_share_a_state_look_one_at_a_time() -> None:
    telegram, shared = Telegram(), LocalCircuit()
    gates = [breaker(telegram, shared) for _ in range(10)]
    await gates[0].observe(AMBIGUOUS, began=monotonic())
    await asyncio.gather(*(passes(gate, patience=0.5) for gate in gates))
    assert 2 <= telegram.probes <= 15


async def test_a_possible_repeat_goes_after_a_probe_if_nothing_else_does() -> None:
    telegram = Telegram(answers=True)
    gate = breaker(telegram)
    await gate.observe(AMBIGUOUS, began=monotonic())
    began = monotonic()
    assert await passes(gate, patience=2.0, is_repeat=True)
    assert monotonic() - began >= TIMING.repeat_patience


async def test_where_some_calls_pass_and_some_fail_a_possible_repeat_waits_for_many_answers_in_a_row() -> (
    None
):
    telegram = Telegram(answers=True)
    gate = breaker(telegram)
    for _ in range(4):
        await gate.observe(AMBIGUOUS, began=monotonic())
        assert await passes(gate, patience=1.0)
        await gate.observe(ACCEPTED, began=monotonic())
    telegram.answers = False
    assert await passes(gate)
    assert not await passes(gate, is_repeat=True)
    assert await passes(gate), "others go on"
    telegram.answers, before = True, telegram.probes
    assert await passes(gate, patience=5.0, is_repeat=True)
    assert telegram.probes - before > 8


async def test_a_possible_repeat_of_a_new_process_goes_after_a_look() -> None:
    telegram = Telegram(answers=True)
    assert await passes(breaker(telegram), patience=1.0, is_repeat=True)
    assert 0 < telegram.probes <= 2
    telegram.answers = False
    assert not await passes(breaker(telegram), patience=0.2, is_repeat=True)


async def test_a_failure_that_another_process_saw_makes_a_possible_repeat_wait_as_long() -> None:
    telegram, shared = Telegram(answers=True), LocalCircuit()
    one, other = breaker(telegram, shared), breaker(telegram, shared)
    await one.observe(AMBIGUOUS, began=monotonic())
    assert not await passes(other), "it sees that nothing goes"
    assert await passes(other, patience=2.0)
    await one.observe(ACCEPTED, began=monotonic())
    before = telegram.probes
    assert await passes(other, patience=5.0, is_repeat=True)
    assert telegram.probes - before >= MIN_ANSWERS - 2


async def test_a_trial_without_an_answer_is_followed_by_another_pause() -> None:
    telegram = Telegram(answers=True)
    gate = breaker(telegram)
    await gate.observe(AMBIGUOUS, began=monotonic())
    assert await passes(gate, patience=1.0)
    telegram.answers = False
    await gate.observe(AMBIGUOUS, began=monotonic())
    assert not await passes(gate, patience=0.2)


async def test_an_answer_to_what_was_sent_before_the_failure_is_no_sign() -> None:
    gate = breaker(Telegram())
    began = monotonic()
    await gate.observe(AMBIGUOUS, began=began)
    await gate.observe(ACCEPTED, began=began)
    assert not await passes(gate)


async def test_what_was_held_back_is_no_sign_of_anything() -> None:
    gate = breaker(Telegram())
    await gate.observe(SendResult(status=SendStatus.REFUSED, held_back=True), began=monotonic())
    assert await passes(gate)


async def test_a_message_that_was_let_go_before_the_failure_is_kept_back() -> None:
    gate = breaker(Telegram())
    admitted = monotonic()
    assert not gate.has_failed_since(admitted)
    await gate.observe(AMBIGUOUS, began=admitted)
    assert gate.has_failed_since(admitted)
    assert not gate.has_failed_since(monotonic())


async def test_the_sender_learns_that_nothing_can_go_and_looks_for_itself() -> None:
    telegram = Telegram()
    gate = breaker(telegram)
    assert await gate.standstill() == 0.0
    await gate.observe(AMBIGUOUS, began=monotonic())
    assert await gate.standstill() > 0
    assert telegram.probes == 1
    telegram.answers = True
    await asyncio.sleep(0.3)
    assert await gate.standstill() > 0
    assert await gate.standstill() == 0.0


class GoesAway(LocalCircuit):
    """A shared state that answers until it is gone."""

    gone = False

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float]:
        if self.gone:
            raise TimeoutError
        return await super().ask(asker, timing)


async def test_a_process_that_saw_the_others_stand_still_does_so_without_the_shared_state() -> None:
    telegram, shared = Telegram(), GoesAway()
    one, other = breaker(telegram, shared), breaker(telegram, shared)
    await one.observe(AMBIGUOUS, began=monotonic())
    assert not await passes(other)
    shared.gone = True
    assert not await passes(other, patience=0.5)


class Slow(LocalCircuit):
    """A shared state whose answers take their time."""

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float]:
        answer = await super().ask(asker, timing)
        await asyncio.sleep(0.05)
        return answer


async def test_an_answer_that_was_asked_for_before_a_failure_opens_nothing() -> None:
    gate = breaker(Telegram(), Slow())
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(passes(gate))
        await asyncio.sleep(0.02)
        await gate.observe(AMBIGUOUS, began=monotonic())
    assert not asking.result()
    assert not gate.is_closed


class AnsweredLater(LocalCircuit):
    """A shared state that answers when it is let, and counts who asks."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.may_answer = asyncio.Event()

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float]:
        self.asked += 1
        await self.may_answer.wait()
        return await super().ask(asker, timing)


async def test_a_crowd_that_asks_at_once_goes_at_once_by_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.sending.circuit_breaker._CLOSED_LOOK_SECONDS", 0.0)  # as on a busy machine
    shared = AnsweredLater()
    gate = breaker(Telegram(), shared)
    async with asyncio.TaskGroup() as group:
        crowd = [group.create_task(passes(gate)) for _ in range(200)]
        await asyncio.sleep(0)
        shared.may_answer.set()
        for _ in range(10):  # turns of the loop; one for each of them would be a queue
            await asyncio.sleep(0)
        assert [one.done() and one.result() for one in crowd] == [True] * 200
    assert shared.asked == 1


async def test_of_a_crowd_one_tries_whether_telegram_answers_again() -> None:
    telegram = Telegram(answers=True)
    gate = CircuitBreaker(LocalCircuit(), telegram.probe, timing=replace(TIMING, trial=60.0))
    await gate.observe(AMBIGUOUS, began=monotonic())
    went = [one for _ in range(3) for one in await asyncio.gather(*(passes(gate) for _ in range(50)))]
    assert (telegram.probes, went.count(True)) == (1, 1)


async def test_a_possible_repeat_asks_anew_whether_it_may_go() -> None:
    shared = LocalCircuit()
    gate, another = breaker(Telegram(), shared), breaker(Telegram(), shared)
    assert await passes(gate)
    await another.observe(AMBIGUOUS, began=monotonic())
    assert not await passes(gate, is_repeat=True)
