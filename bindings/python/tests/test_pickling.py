"""Values and errors are pickled; what belongs to one process says why it is not."""

import copy
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import bombproof
import pytest
from bombproof import Interrupt, Limits, MemoryPool, Plan, Request

REQUEST = Request.pad(64, 48, (1, 2, 3, 4), sizes=[(9, 9)], format="webp", placeholder=True)
PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


def values(photo: bytes) -> list[object]:
    thumbnail = bombproof.thumbnail(photo, REQUEST)
    pixels = bombproof.thumbnail(photo, Request.cover(4, 4, format="pixels"))
    plan = Plan(bombproof.probe(photo), REQUEST)
    return [
        REQUEST,
        Request.full_size(crop=[1, 2, 3, 4], focus=(0.25, 1)),
        Limits(max_pixels=7, formats=["png"]),
        thumbnail,
        pixels,
        thumbnail.placeholder,
        thumbnail.source_rect,
        plan.output_size,
    ]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_values(photo: bytes, protocol: int) -> None:
    for value in values(photo):
        read = pickle.loads(pickle.dumps(value, protocol))
        assert type(read) is type(value)
        assert read == value
        assert hash(read) == hash(value)
        assert repr(read) == repr(value)
        assert copy.deepcopy(value) == value


def test_the_names_in_a_pickle_are_public(photo: bytes) -> None:
    for value in values(photo):
        assert type(value).__module__ == "bombproof"
        assert getattr(bombproof, type(value).__name__) is type(value)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_errors(photo: bytes, bomb: bytes, protocol: int) -> None:
    calls = [
        lambda: bombproof.thumbnail(bomb, REQUEST),
        lambda: bombproof.thumbnail(photo, REQUEST, timeout=0),
        lambda: bombproof.probe(b""),
        lambda: Request.cover(0, 1),
    ]
    for call in calls:
        with pytest.raises(bombproof.Error) as raised:
            call()
        read = pickle.loads(pickle.dumps(raised.value, protocol))
        assert type(read) is type(raised.value)
        assert vars(read) == vars(raised.value)
        assert str(read) == str(raised.value)


def test_what_is_not_pickled_says_why() -> None:
    pool = MemoryPool(10)
    live = {
        "one process": pool,
        "the pool of one process": pool.reserve_bytes(1),
        "the jobs of one process": Interrupt(),
    }
    for reason, value in live.items():
        with pytest.raises(TypeError, match=reason):
            pickle.dumps(value)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_headers_and_plans(photo: bytes, protocol: int) -> None:
    header = bombproof.probe(photo)
    read = pickle.loads(pickle.dumps(header, protocol))
    assert type(read) is bombproof.Header
    assert read == header
    assert read.to_json() == header.to_json()
    for limits in (None, Limits(max_side_px=2_400)):
        plan = Plan(header, REQUEST, limits)
        read = pickle.loads(pickle.dumps(plan, protocol))
        assert type(read) is Plan
        assert read == plan
        assert (str(read), read.memory_bytes, read.work) == (
            str(plan),
            plan.memory_bytes,
            plan.work,
        )
        assert read.run_all(photo) == plan.run_all(photo)


def test_a_plan_is_checked_against_its_limits_again(photo: bytes) -> None:
    plan = Plan(bombproof.probe(photo), REQUEST, Limits(max_side_px=2_400))
    rebuild, (header, request, limits) = plan.__reduce__()
    assert (header, request, limits) == (plan.header, REQUEST, Limits(max_side_px=2_400))
    with pytest.raises(bombproof.OverLimit):
        rebuild(header, request, Limits(max_side_px=2_399))


def test_one_process_plans_and_another_one_runs(photo: bytes) -> None:
    plan = Plan(bombproof.probe(photo), REQUEST)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        assert other.submit(plan.run_all, photo).result() == plan.run_all(photo)
        refused = other.submit(plan.run, photo + b"\0")
        with pytest.raises(bombproof.BadRequest):
            refused.result()


def test_a_forged_header_runs_on_nothing(photo: bytes) -> None:
    parts = json.loads(bombproof.probe(photo).to_json())
    for part in (parts["summary"], parts["detail"]["jpeg"]):
        part["size"] = {"width": 16, "height": 16}
    parts["detail"]["jpeg"]["scan_samples"] = 16 * 16
    forged = bombproof.Header.from_json(json.dumps(parts))
    plan = Plan(forged, Request.cover(8, 8))
    assert plan.memory_bytes < Plan(bombproof.probe(photo), Request.cover(8, 8)).memory_bytes
    with pytest.raises(bombproof.BadRequest):
        plan.run(photo)


@pytest.mark.parametrize("text", ["", "{}", "null", "[1]", '{"input_bytes": -1}', "\0"])
def test_what_is_no_header_is_refused(photo: bytes, text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        bombproof.Header.from_json(text)
    parts = json.loads(bombproof.probe(photo).to_json())
    parts["summary"]["size"]["width"] = 0
    with pytest.raises(ValueError, match="no file has such a header"):
        bombproof.Header.from_json(json.dumps(parts))


def test_headers_and_plans_are_copied(photo: bytes) -> None:
    header = bombproof.probe(photo)
    for value in (header, Plan(header, REQUEST)):
        assert copy.copy(value) is value
        assert copy.deepcopy(value) is value
