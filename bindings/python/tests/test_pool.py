"""A memory pool: reservations, permits and waiting."""

import threading
import time
from collections.abc import Callable

import bombproof
import pytest
from bombproof import MemoryPool, Plan, Request

REQUEST = Request.cover(64, 64)
LONG = 60.0


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_permit_holds_the_quote_until_the_end_of_its_with(photo: bytes) -> None:
    pool = MemoryPool(8 << 20)
    plan = Plan(bombproof.probe(photo), REQUEST)
    with pool.reserve(plan) as permit:
        assert permit.bytes == plan.memory_bytes == pool.in_use
        assert repr(permit) == f"<bombproof.Permit: {permit.bytes} bytes>"
        assert not permit.released
        plan.run(photo)
    assert permit.released
    assert repr(permit).endswith("released>")
    assert (pool.in_use, pool.waiting, pool.capacity) == (0, 0, 8 << 20)
    assert repr(pool) == "<bombproof.MemoryPool: 0 of 8388608 bytes in use>"


def test_an_exception_returns_the_memory_and_is_passed_on() -> None:
    pool = MemoryPool(10)
    with pytest.raises(KeyError), pool.reserve_bytes(10):
        raise KeyError
    assert pool.in_use == 0


def test_release_twice_returns_the_memory_once() -> None:
    pool = MemoryPool(10)
    kept = pool.reserve_bytes(4)
    permit = pool.reserve_bytes(6)
    permit.release()
    permit.release()
    assert pool.in_use == 4
    del kept
    assert pool.in_use == 0


def test_a_full_pool_is_busy_and_an_impossible_job_a_bad_request(photo: bytes) -> None:
    pool = MemoryPool(1_000)
    with pool.reserve_bytes(1_000):
        with pytest.raises(bombproof.Busy):
            pool.reserve_bytes(1)
        with pytest.raises(bombproof.Busy):
            pool.reserve_bytes(1, timeout=0.001)
    with pytest.raises(bombproof.BadRequest, match="more memory than the pool has"):
        bombproof.thumbnail(photo, REQUEST, pool=pool, timeout=LONG)


def test_thumbnail_reserves_its_quote(photo: bytes) -> None:
    plan = Plan(bombproof.probe(photo), REQUEST)
    pool = MemoryPool(plan.memory_bytes)
    assert bombproof.thumbnail(photo, REQUEST, pool=pool) == plan.run(photo)
    assert pool.in_use == 0
    with pool.reserve_bytes(1):
        for call in (bombproof.thumbnail, bombproof.thumbnails):
            with pytest.raises(bombproof.Busy):
                call(photo, REQUEST, pool=pool)
    assert bombproof.thumbnails(photo, REQUEST, pool=pool) == [plan.run(photo)]


def test_a_waiting_job_goes_on_when_memory_is_returned(photo: bytes) -> None:
    plan = Plan(bombproof.probe(photo), REQUEST)
    pool = MemoryPool(plan.memory_bytes)
    outcomes = []

    def job() -> None:
        outcomes.append(bombproof.thumbnail(photo, REQUEST, pool=pool, timeout=LONG))

    with pool.reserve(plan):
        thread = threading.Thread(target=job)
        thread.start()
        wait_until(lambda: pool.waiting == 1)
        assert outcomes == []
    thread.join(LONG)
    assert outcomes == [plan.run(photo)]


@pytest.mark.parametrize("number", [-1, 2**64])
def test_numbers_of_bytes_are_not_wrapped(number: int) -> None:
    with pytest.raises(ValueError, match="not from 0 to"):
        MemoryPool(number)
    with pytest.raises(ValueError, match="not from 0 to"):
        MemoryPool(10).reserve_bytes(number)
    with pytest.raises(TypeError):
        MemoryPool(10.5)


@pytest.mark.parametrize("timeout", [-0.1, float("nan"), float("inf")])
def test_a_time_is_finite_and_not_negative(photo: bytes, timeout: float) -> None:
    calls = [
        lambda: MemoryPool(10).reserve_bytes(1, timeout=timeout),
        lambda: bombproof.thumbnail(photo, REQUEST, timeout=timeout),
        lambda: bombproof.Interrupt(timeout),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="finite and not negative"):
            call()
