"""The job of the notifications queue: a wake-up for the sender, which runs beside the jobs."""

from domain import jobs
from workers.process import Context, run


def deliver(text: str) -> None:
    """Wake the sender, since deliveries are due; the rows in PostgreSQL say which.

    Raises:
        ValueError: `text` is no such job.
    """
    payload = jobs.read(text)
    if not isinstance(payload, jobs.DeliverPayload):
        raise ValueError("not a job of the notifications queue")  # noqa: TRY004 - the text has a wrong value
    run(_wake)


async def _wake(context: Context) -> None:
    context.wake()
