"""Which call a fault hits, and how often."""

from sandbox.telegram.faults import Fault, FaultKind, Faults


def test_a_fault_is_used_up() -> None:
    faults = Faults()
    faults.add(Fault(fault=FaultKind.FLOOD, times=2))
    assert [faults.take("sendmessage", 1) is not None for _ in range(3)] == [True, True, False]
    assert not faults


def test_a_fault_without_end_stays_until_removed() -> None:
    faults = Faults()
    fault_id = faults.add(Fault(fault=FaultKind.FLOOD, times=None))
    assert all(faults.take("getme", None) for _ in range(10))
    assert faults.remove(fault_id)
    assert not faults.remove(fault_id)
    assert faults.active() == []


def test_a_fault_hits_only_what_it_names() -> None:
    faults = Faults()
    faults.add(Fault(fault=FaultKind.BLOCK, method="sendMessage", chat_id=5))
    assert faults.take("sendmessage", 6) is None
    assert faults.take("editmessagetext", 5) is None
    assert faults.take_update(5) is None
    assert faults.take_refusal("sendmessage") is None
    taken = faults.take("sendmessage", 5)
    assert taken is not None
    assert taken.fault is FaultKind.BLOCK


def test_only_an_unreserved_refusal_comes_before_the_body_is_read() -> None:
    faults = Faults()
    faults.add(Fault(fault=FaultKind.REFUSE, chat_id=5))
    assert faults.take_refusal("sendmessage") is None
    faults.add(Fault(fault=FaultKind.REFUSE))
    assert faults.take_refusal("sendmessage") is not None


def test_faults_of_updates_do_not_touch_calls() -> None:
    faults = Faults()
    faults.add(Fault(fault=FaultKind.DELAY_UPDATE, chat_id=5))
    assert faults.take("sendmessage", 5) is None
    assert faults.take_update(6) is None
    assert faults.take_update(5) is not None


def test_a_fault_that_leaves_some_calls_alone_is_used_up_by_those_that_it_hits() -> None:
    faults = Faults()
    faults.add(Fault(fault=FaultKind.HTML, chance=0.5, times=100))
    hits = [faults.take("sendmessage", 1) is not None for _ in range(400)]
    assert sum(hits) == 100
    assert not all(hits[:100])
    faults.add(Fault(fault=FaultKind.HTML, chance=0.0, times=None))
    assert not any(faults.take("sendmessage", 1) for _ in range(100))
