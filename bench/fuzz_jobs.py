"""Jobs in Redis as another program could write them: none runs what is not on the list, none stops a worker.

A real worker takes them from its queue. After each batch a job of ours must still be done, and what operators
ask of failed jobs (/queues, /retryfailed) must still be answered.
"""

import asyncio
import json
import random
import tempfile
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.delivery_testbed import DeliveryTestbed, open_testbed
from bench.fuzz_bot import MAX_MIB
from bench.fuzz_cases import Cases, Result
from bench.fuzz_names import hostile
from bench.programs import Program
from domain.jobs import FUNCTIONS, AnswerPayload, QuestionKind, Queue, write
from storage.coordination.failed_jobs import FailedJobs
from storage.coordination.queues import Queues
from storage.redis import open_queue_redis

QUEUE = Queue.BALANCE_CHECK
BATCH = 60
TAKEN_SECONDS = 20.0
GENUINE = write(AnswerPayload(question_id=2**40, kind=QuestionKind.BALANCE))
"""A question that does not exist: the worker looks for it and is done."""
_BOMB = zlib.compress(b" " * (16 << 20))
"""A few kilobytes that unpack to a thousand times as many."""
FIELDS = (
    *(
        "created_at",
        "enqueued_at",
        "started_at",
        "ended_at",
        "last_heartbeat",
        "origin",
        "description",
        "timeout",
    ),
    *(
        "result_ttl",
        "failure_ttl",
        "status",
        "retries_left",
        "retry_intervals",
        "meta",
        "dependency_ids",
        "ttl",
    ),
    *("success_callback_name", "failure_callback_name", "stopped_callback_name", "worker_name", "group_id"),
    *("success_callback_timeout", "allow_dependency_failures", "enqueue_at_front", "exc_info", "serializer"),
)
VALUES = (
    *(
        "",
        "0",
        "-1",
        "nan",
        "1e999",
        "9" * 400,
        "None",
        "x",
        "queued",
        "started",
        "finished",
        "failed",
        "\x00",
    ),
    *(
        "2026-13-45T99:99:99Z",
        "0001-01-01T00:00:00Z",
        "[]",
        "{}",
        '["a"]',
        "os.system",
        "builtins.exec",
        "\xff\xfe",
    ),
)


def job(chance: random.Random) -> str:
    """A job as JSON: its id, the fields of its hash, and its data before they are compressed."""
    fields = {chance.choice(FIELDS): chance.choice(VALUES) for _ in range(chance.randint(0, 4))}
    name = chance.choice(("job", hostile(chance), "x" * 3_000, "../../etc", "a:b", "*", "\x00"))
    kind = chance.choice(("hash", "hash", "hash", "hash", "text", "list", "nothing"))
    form = chance.choice(("zlib", "zlib", "zlib", "plain", "bomb", "cut"))
    return json.dumps({"id": name, "kind": kind, "form": form, "fields": fields, "data": _data(chance)})


MARKER = "MARKER"
"""The file that a job leaves where it could run what it names."""
CALLED = (
    *("os.system", "subprocess.call", "builtins.exec", "builtins.eval", "pathlib.Path.touch", "os.mknod"),
    *(*FUNCTIONS.values(), "workers.questions.job.__builtins__", "workers.notifications", "", "x" * 5_000),
    *("storage.migrate.apply_migrations", "rq.job.Job.create"),
)
ARGUMENTS: tuple[list[Any], ...] = (
    *([f"touch {MARKER}"], [f"open('{MARKER}', 'w')"], [MARKER], [], [GENUINE], [GENUINE, GENUINE]),
    *(['{"type":"answer","question_id":1e400,"kind":"balance"}'], ['{"type":"nonsense"}'], [None]),
    *(["[" * 5_000], [{"a": [1] * 1_000}]),
)


def _data(chance: random.Random) -> str:
    """Return what RQ would call, with what; some of it no JSON."""
    function = chance.choice((*CALLED, hostile(chance)))
    arguments = chance.choice((*ARGUMENTS, [hostile(chance)]))
    instance = chance.choice((None, None, MARKER, {"x": 1}, [MARKER]))
    whole: Any = [function, instance, arguments, chance.choice(({}, {"x": MARKER}, None, []))]
    encoded = json.dumps(whole)
    return chance.choice((encoded, encoded, encoded[:-3], "[" * 20_000, "null", "{}"))


def run(seconds: float, seed: int, cases: Cases | None = None) -> Result:
    """Write jobs until the time is over."""
    return asyncio.run(_run(seconds, seed, cases or Cases(part="jobs")))


async def _run(seconds: float, seed: int, cases: Cases) -> Result:
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        marker = Path(folder) / "ran"
        async with open_testbed(LOG_LEVEL="error", RPC_URLS="http://127.0.0.1:9") as testbed:
            worker = await testbed.start(QUEUE.value, name="worker-1", quiet=True)
            try:
                await testbed.until_ready(1)
                watched = _Watched(testbed=testbed, worker=worker, marker=marker)
                inputs = cases.inputs(job, seed)
                end = time.monotonic() + seconds
                while time.monotonic() < end and not cases.failures:
                    batch = [text for text, _ in zip(inputs, range(BATCH), strict=False)]
                    for number, text in enumerate(batch):
                        await watched.write(json.loads(text), tried + number)
                    tried += len(batch)
                    if fault := await watched.fault():
                        cases.fail(batch[-1], f"or one of the {BATCH} before it: {fault}")
            finally:
                if worker.returncode is None:
                    worker.kill()
                await worker.wait()
    return {"tried": tried, "failures": len(cases.failures)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """A worker, and what shows that it works as before."""

    testbed: DeliveryTestbed
    worker: Program
    marker: Path

    async def write(self, case: Mapping[str, Any], number: int) -> None:
        """Write a job, and its id into the queue and among the failed ones."""
        redis = self.testbed.redis
        job_id = f"{case['id']}-{number}".encode("utf-8", "surrogatepass")
        key = b"rq:job:" + job_id
        data = self._data(case)
        fields = {"origin": QUEUE.value, "created_at": "2026-11-28T00:00:00.000000Z", "status": "queued"}
        known = fields | {name: str(value) for name, value in case["fields"].items()}
        if case["kind"] == "hash":
            encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in known.items()}
            await redis.hset(key, mapping={**encoded, "data": data})
        elif case["kind"] == "text":
            await redis.set(key, data)
        elif case["kind"] == "list":
            await redis.rpush(key, data)
        await redis.rpush(f"rq:queue:{QUEUE}", job_id)
        if number % 3 == 0:
            await redis.zadd(f"rq:failed:{QUEUE}", {job_id: time.time() + 600})

    def _data(self, case: Mapping[str, Any]) -> bytes:
        plain = str(case["data"]).replace("MARKER", str(self.marker)).encode("utf-8", "surrogatepass")
        match case["form"]:
            case "zlib":
                return zlib.compress(plain)
            case "bomb":
                return _BOMB
            case "cut":
                return zlib.compress(plain)[:-4]
            case _:
                return plain

    async def fault(self) -> str:
        """Return what is wrong now; empty: the worker takes jobs as before, and nothing ran."""
        client = open_queue_redis(self.testbed.valkey.url)
        try:
            queues, failed = Queues(client), FailedJobs(client)
            await queues.send(QUEUE, AnswerPayload(question_id=2**40, kind=QuestionKind.BALANCE))
            end = time.monotonic() + TAKEN_SECONDS
            while await queues.depth(QUEUE):
                if self.worker.returncode is not None:
                    return f"the worker ended with code {self.worker.returncode}"
                if time.monotonic() > end:
                    return f"jobs were not taken within {TAKEN_SECONDS:g} s"
                await asyncio.sleep(0.05)
            await failed.states()
            causes = await failed.causes()
            for _, cause in list(causes)[:3]:
                await failed.requeue(QUEUE, cause, limit=5)
        finally:
            client.close()
        if self.marker.exists():
            return "a function outside the list ran"
        mib = psutil.Process(self.worker.pid).memory_info().rss / 2**20
        return "" if mib < MAX_MIB else f"the worker takes {mib:.0f} MiB"
