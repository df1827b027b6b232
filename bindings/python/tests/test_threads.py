"""While a job runs, other threads of the interpreter do."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator

import bombproof
import pytest
from bombproof import Interrupt, Limits, MemoryPool, Plan, Request

REQUEST = Request.cover(64, 64)
LONG = 60.0


@pytest.fixture
def no_forced_switches() -> Iterator[None]:
    """A thread runs until it lets others run by itself."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(3_600)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("name", ["thumbnail", "thumbnails", "run", "run_all"])
def test_another_thread_goes_on_during_a_call(photo: bytes, name: str) -> None:
    plan = Plan(bombproof.probe(photo), REQUEST)
    calls: dict[str, Callable[[], object]] = {
        "thumbnail": lambda: bombproof.thumbnail(photo, REQUEST),
        "thumbnails": lambda: bombproof.thumbnails(photo, REQUEST),
        "run": lambda: plan.run(photo),
        "run_all": lambda: plan.run_all(photo),
    }
    call = calls[name]
    steps = 0
    went_on = False
    ended = False

    def jobs() -> None:
        nonlocal went_on, ended
        # One call is enough, if the machine lets the other thread run meanwhile.
        for _ in range(500):
            before = steps
            call()
            # Nothing but the call can have let the other thread run.
            if steps != before:
                went_on = True
                break
        ended = True

    thread = threading.Thread(target=jobs)
    thread.start()
    while not ended:
        steps += 1
        time.sleep(0)
    thread.join(LONG)
    assert went_on


def test_two_jobs_hold_their_memory_at_once(photo: bytes) -> None:
    pool = MemoryPool(1 << 30)
    quote = Plan(bombproof.probe(photo), REQUEST).memory_bytes
    stop = False

    def jobs() -> None:
        while not stop:
            bombproof.thumbnail(photo, REQUEST, pool=pool, timeout=LONG)

    threads = [threading.Thread(target=jobs) for _ in range(2)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + LONG
    # A job reserves and returns its memory inside of one call.
    while (most := pool.in_use) < 2 * quote and time.monotonic() < end:
        pass
    stop = True
    for thread in threads:
        thread.join(LONG)
    assert most == 2 * quote
    assert pool.in_use == 0


def test_another_thread_cancels_a_job(corpus) -> None:
    """The job has several seconds of work, and ends when it is cancelled."""
    photo = (corpus / "valid/photo.png").read_bytes()
    interrupt = Interrupt()
    request = Request.cover(4_000, 4_000, enlarge=True, format="webp", max_bytes=20_000)
    limits = Limits(max_work=10**12, max_memory_bytes=1 << 30)
    pool = MemoryPool(1 << 30)
    raised = []

    def job() -> None:
        try:
            bombproof.thumbnail(
                photo, request, limits, interrupt=interrupt, pool=pool, timeout=LONG
            )
        except bombproof.Interrupted as error:
            raised.append(error)

    thread = threading.Thread(target=job)
    thread.start()
    end = time.monotonic() + LONG
    while pool.in_use == 0 and time.monotonic() < end:
        pass
    # The job has started, since its memory is reserved.
    interrupt.cancel()
    thread.join(LONG)
    assert interrupt.cancelled
    assert repr(interrupt) == "<bombproof.Interrupt: cancelled>"
    assert [str(error) for error in raised] == ["interrupted: the job was cancelled"]
    assert not raised[0].retryable


def test_the_sooner_of_two_deadlines_counts(photo: bytes) -> None:
    expired, endless = Interrupt(timeout=0), Interrupt()
    plan = Plan(bombproof.probe(photo), REQUEST)
    for call in (
        lambda **stop: bombproof.thumbnail(photo, REQUEST, **stop),
        lambda **stop: bombproof.thumbnails(photo, REQUEST, **stop),
        lambda **stop: plan.run(photo, **stop),
        lambda **stop: plan.run_all(photo, **stop),
    ):
        for stop in (
            {"interrupt": expired},
            {"interrupt": expired, "timeout": LONG},
            {"interrupt": Interrupt(LONG), "timeout": 0},
            {"interrupt": endless, "timeout": 0},
            {"timeout": 0.0},
        ):
            with pytest.raises(bombproof.Interrupted, match="the deadline passed") as raised:
                call(**stop)
            assert raised.value.retryable
        call(interrupt=endless, timeout=LONG)
        call(interrupt=Interrupt(LONG))
    # The longest time that Python can say is none that the clock can.
    assert bombproof.thumbnail(photo, REQUEST, timeout=1e19)


def test_an_event_loop_goes_on(photo: bytes) -> None:
    async def serve() -> int:
        job = asyncio.create_task(asyncio.to_thread(bombproof.thumbnail, photo, REQUEST))
        turns = 0
        while not job.done():
            turns += 1
            await asyncio.sleep(0)
        assert (await job).width == 64
        return turns

    assert asyncio.run(serve()) > 1
