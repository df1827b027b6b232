"""Values and errors are pickled; what lives in one process says why it is not."""

import copy
import pickle

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


def test_what_is_not_pickled_says_why(photo: bytes) -> None:
    header = bombproof.probe(photo)
    pool = MemoryPool(10)
    live = {
        "only probe makes one": header,
        "only the bytes of the upload make one": Plan(header, REQUEST),
        "one process": pool,
        "the pool of one process": pool.reserve_bytes(1),
        "the jobs of one process": Interrupt(),
    }
    for reason, value in live.items():
        with pytest.raises(TypeError, match=reason):
            pickle.dumps(value)


def test_headers_and_plans_are_copied(photo: bytes) -> None:
    header = bombproof.probe(photo)
    for value in (header, Plan(header, REQUEST)):
        assert copy.copy(value) is value
        assert copy.deepcopy(value) is value
