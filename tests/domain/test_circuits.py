"""A circuit breaker stands still for as long as nothing is answered, and lets go one message at a time."""

from hypothesis import given
from hypothesis import strategies as st

from domain.circuits import CLOSED, Asker, Circuit, Leave, Timing

TIMING = Timing(first_wait=1.0, max_wait=8.0, probe=15.0, trial=5.0, repeat_patience=2.0)


def opened(now: float = 0.0) -> Circuit:
    return CLOSED.failed(now, TIMING, 1.0)


def half_open(now: float = 0.0) -> Circuit:
    probing, leave, _ = opened(now).ask(Asker.FIRST, now, TIMING)
    assert leave is Leave.PROBE
    return probing.probed(now, TIMING, 1.0, answered=True)


def test_closed_it_lets_everybody_go() -> None:
    assert all(CLOSED.ask(asker, 0.0, TIMING) == (CLOSED, Leave.GO, 0.0) for asker in Asker)


def test_open_one_asker_probes_at_once_and_the_others_wait() -> None:
    probing, leave, _ = opened().ask(Asker.SENDER, 0.0, TIMING)
    assert leave is Leave.PROBE
    assert probing.ask(Asker.FIRST, 1.0, TIMING)[1:] == (Leave.WAIT, 14.0)


def test_a_prober_that_died_is_replaced() -> None:
    probing, _, _ = opened().ask(Asker.SENDER, 0.0, TIMING)
    assert probing.ask(Asker.FIRST, 15.0, TIMING)[1] is Leave.PROBE


def test_the_pauses_between_probes_grow_up_to_a_bound() -> None:
    circuit, now, pauses = opened(), 0.0, []
    for _ in range(6):
        circuit, leave, _ = circuit.ask(Asker.SENDER, now, TIMING)
        assert leave is Leave.PROBE
        circuit = circuit.probed(now, TIMING, 1.0, answered=False)
        _, _, wait = circuit.ask(Asker.SENDER, now, TIMING)
        pauses.append(wait)
        now += wait
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_a_pause_is_spread_over_its_second_half() -> None:
    assert TIMING.pause(3, 0.0) == TIMING.pause(3, 1.0) / 2


def test_half_open_one_message_goes_at_a_time() -> None:
    trying, leave, _ = half_open().ask(Asker.FIRST, 0.0, TIMING)
    assert leave is Leave.TRY
    assert trying.ask(Asker.FIRST, 1.0, TIMING)[1:] == (Leave.WAIT, 4.0)
    assert trying.ask(Asker.FIRST, 5.0, TIMING)[1] is Leave.TRY


def test_half_open_a_possible_repeat_lets_others_go_first() -> None:
    circuit = half_open()
    assert circuit.ask(Asker.REPEATED, 0.5, TIMING)[1:] == (Leave.WAIT, 1.5)
    assert circuit.ask(Asker.FIRST, 0.5, TIMING)[1] is Leave.TRY
    assert circuit.ask(Asker.REPEATED, 2.0, TIMING)[1] is Leave.TRY


def test_a_sender_that_only_looks_takes_no_trial() -> None:
    circuit = half_open()
    assert circuit.ask(Asker.SENDER, 0.0, TIMING) == (circuit, Leave.TRY, 0.0)


def test_a_trial_without_an_answer_opens_it_again_for_longer() -> None:
    again = half_open().failed(1.0, TIMING, 1.0)
    assert (again.half_open_at, again.failures) == (None, 2)
    assert again.ask(Asker.SENDER, 1.0, TIMING)[1:] == (Leave.WAIT, 1.0)


def test_messages_that_were_on_their_way_when_it_opened_say_nothing_new() -> None:
    assert opened().failed(3.0, TIMING, 1.0) == opened()


def test_a_late_probe_does_not_open_what_is_closed() -> None:
    assert CLOSED.probed(1.0, TIMING, 1.0, answered=False) == CLOSED


@given(st.lists(st.tuples(st.sampled_from(["ask", "fail", "yes", "no"]), st.floats(0, 20)), max_size=60))
def test_whatever_happens_it_never_waits_for_longer_than_its_longest_time(
    steps: list[tuple[str, float]],
) -> None:
    circuit, now = CLOSED, 0.0
    for what, seconds in steps:
        now += seconds
        if what == "fail":
            circuit = circuit.failed(now, TIMING, 0.5)
        elif what != "ask":
            circuit = circuit.probed(now, TIMING, 0.5, answered=what == "yes")
        circuit, leave, wait = circuit.ask(Asker.REPEATED, now, TIMING)
        assert (wait > 0) == (leave is Leave.WAIT)
        assert wait <= max(TIMING.max_wait, TIMING.probe, TIMING.trial) + 1e-9  # of floats
