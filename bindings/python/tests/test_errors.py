"""The exceptions: a class for each kind, and the fields of each."""

import inspect
import re
from pathlib import Path

import bombproof
import pytest
from bombproof import Limits, MemoryPool, Plan, Request
from conftest import REPOSITORY

FIELDS = [
    "kind",
    "limit",
    "found",
    "allowed",
    "message",
    "user_message",
    "http_status",
    "retryable",
]
REQUEST = Request.cover(64, 64)


class Broken:
    """A file whose connection is lost."""

    def read(self, size: int) -> bytes:
        raise ConnectionResetError("the connection was lost")


def cause(kind: str, corpus: Path, photo: bytes) -> None:
    """Makes a call that raises an error of this kind."""
    match kind:
        case "unsupported":
            bombproof.probe(b"GIF89a...")
        case "malformed":
            bombproof.thumbnail((corpus / "invalid/crc-ihdr.png").read_bytes(), REQUEST)
        case "truncated":
            bombproof.thumbnail(photo[:100_000], REQUEST)
        case "over_limit":
            bombproof.thumbnail(photo, REQUEST, Limits(max_pixels=100))
        case "not_credible":
            bombproof.thumbnail((corpus / "bombs/absent-10000.png").read_bytes(), REQUEST)
        case "bad_request":
            bombproof.thumbnail(photo, Request.cover(9, 9, crop=(2_400, 0, 1, 1)))
        case "interrupted":
            bombproof.thumbnail(photo, REQUEST, timeout=0)
        case "busy":
            pool = MemoryPool(1_000)
            with pool.reserve_bytes(999):
                pool.reserve_bytes(2)
        case "bug":
            bombproof._bombproof._panic()
        case "io":
            bombproof.read_upload(Broken())
        case _:
            raise AssertionError(kind)


EXPECTED = {
    "unsupported": (bombproof.Unsupported, 415, False),
    "malformed": (bombproof.Malformed, 422, False),
    "truncated": (bombproof.Truncated, 422, False),
    "over_limit": (bombproof.OverLimit, 413, False),
    "not_credible": (bombproof.NotCredible, 422, False),
    "bad_request": (bombproof.BadRequest, 400, False),
    "interrupted": (bombproof.Interrupted, 503, True),
    "busy": (bombproof.Busy, 503, True),
    "io": (bombproof.Io, 400, True),
    # A panic, which must not get out.
    "bug": (bombproof.Bug, 500, False),
}
# The allocator refuses memory in test_memory.py.
CAUSED_ELSEWHERE = {"out_of_memory": bombproof.OutOfMemory}


def test_every_kind_of_the_library_has_a_class() -> None:
    source = (REPOSITORY / "src/error.rs").read_text()
    body = source.split("pub const fn kind(&self)")[1].split("\n    }\n")[0]
    kinds = set(re.findall(r'=> "(\w+)",', body))
    assert len(kinds) == 11
    assert kinds == set(EXPECTED) | set(CAUSED_ELSEWHERE)
    classes = {
        value
        for value in vars(bombproof).values()
        if inspect.isclass(value) and issubclass(value, bombproof.Error)
    }
    expected = {cls for cls, _, _ in EXPECTED.values()} | set(CAUSED_ELSEWHERE.values())
    assert classes == expected | {bombproof.Error}
    assert all(cls.__bases__ == (bombproof.Error,) for cls in expected)
    assert bombproof.Error.__bases__ == (Exception,)


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_kind(kind: str, corpus: Path, photo: bytes) -> None:
    expected, http_status, retryable = EXPECTED[kind]
    with pytest.raises(bombproof.Error) as raised:
        cause(kind, corpus, photo)
    error = raised.value
    assert type(error) is expected
    assert list(vars(error)) == FIELDS
    assert (error.kind, error.http_status, error.retryable) == (kind, http_status, retryable)
    assert error.message == str(error)
    assert error.args == (error.message,)
    assert error.user_message.endswith(".")
    assert error.user_message != error.message


def test_the_numbers_of_a_limit(bomb: bytes) -> None:
    with pytest.raises(bombproof.OverLimit) as refused:
        bombproof.thumbnail(bomb, REQUEST)
    assert vars(refused.value) == {
        "kind": "over_limit",
        "limit": "max_pixels",
        "found": 4_294_836_225,
        "allowed": 268_435_456,
        "message": "the number of pixels is 4294836225, over the limit of 268435456 (max_pixels)",
        "user_message": "This picture has too many pixels. Please use a smaller one.",
        "http_status": 413,
        "retryable": False,
    }


def test_the_numbers_of_a_busy_pool() -> None:
    pool = MemoryPool(1_000)
    with pool.reserve_bytes(999), pytest.raises(bombproof.Busy) as refused:
        pool.reserve_bytes(2)
    assert (refused.value.found, refused.value.allowed, refused.value.limit) == (2, 1, None)


def test_a_failed_read_has_its_cause() -> None:
    with pytest.raises(bombproof.Io) as raised:
        bombproof.read_upload(Broken())
    assert isinstance(raised.value.__cause__, ConnectionResetError)
    assert "the connection was lost" in str(raised.value)


def test_other_bytes_than_those_of_the_plan(photo: bytes, bomb: bytes) -> None:
    plan = Plan(bombproof.probe(photo), REQUEST)
    height = photo.index(b"\xff\xc0") + 6
    taller = photo[:height] + bytes([photo[height] ^ 1]) + photo[height + 1 :]
    for data in (bomb, photo[:-1], b"", taller):
        with pytest.raises(bombproof.BadRequest, match="not those that the plan was made from"):
            plan.run(data)
