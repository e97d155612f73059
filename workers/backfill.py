"""The job of the backfill queue: one step of a scan session, which writes the letter of the next one."""

from domain import jobs
from workers.process import run
from workers.whale_search import do_step


def step(text: str) -> None:
    """Do the step that the letter names.

    Raises:
        ValueError: `text` is no such letter.
    """
    payload = jobs.read(text)
    if not isinstance(payload, jobs.StepLetter):
        raise ValueError("not a letter for the backfill queue")  # noqa: TRY004 - the text has a wrong value
    run(lambda context: do_step(context, payload))
