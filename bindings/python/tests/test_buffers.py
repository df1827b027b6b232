"""What may be given as an upload, and what is copied of it."""

import array
import io
import mmap
import threading
import tracemalloc
from pathlib import Path

import bombproof
import pytest
from bombproof import Limits, Plan, Request

REQUEST = Request.cover(64, 64)


class Subclass(bytes):
    pass


def test_every_buffer_gives_the_same(photo: bytes, tmp_path: Path) -> None:
    expected = bombproof.thumbnail(photo, REQUEST)
    header = bombproof.probe(photo)
    plan = Plan(header, REQUEST)
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo)
    padded = bytearray(b"x" + photo + b"x")
    twice = bytes(byte for byte in photo for _ in range(2))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        for data in (
            photo,
            Subclass(photo),
            bytearray(photo),
            memoryview(photo),
            memoryview(padded)[1:-1],
            memoryview(twice)[::2],
            memoryview(bytearray(photo)).cast("c"),
            array.array("B", photo),
            io.BytesIO(photo).getbuffer(),
            mapped,
        ):
            assert bombproof.probe(data) == header
            assert bombproof.thumbnail(data, REQUEST) == expected
            assert bombproof.thumbnails(data, REQUEST) == [expected]
            assert plan.run(data) == expected
            assert plan.run_all(data) == [expected]


@pytest.mark.parametrize("data", ["photo.jpg", None, 7, Path("photo.jpg"), [1, 2, 3]])
def test_what_is_not_a_buffer_is_a_type_error(photo: bytes, data: object) -> None:
    plan = Plan(bombproof.probe(photo), REQUEST)
    for call in (
        bombproof.probe,
        lambda data: bombproof.thumbnail(data, REQUEST),
        lambda data: bombproof.thumbnails(data, REQUEST),
        plan.run,
        plan.run_all,
    ):
        with pytest.raises(TypeError, match="bytes-like object"):
            call(data)


def allocated(call) -> int:
    """The most memory that Python allocates during a call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_bytes_are_read_in_place_and_other_buffers_copied_once() -> None:
    # The length of a JPEG does not matter to probe.
    photo = Path(__file__).resolve().parents[3] / "corpus/valid/photo.jpg"
    data = photo.read_bytes() + bytes(4 << 20)
    assert allocated(lambda: bombproof.probe(data)) < 10_000
    subclass = Subclass(data)
    assert allocated(lambda: bombproof.probe(subclass)) < 10_000
    buffer = bytearray(data)
    assert len(data) < allocated(lambda: bombproof.probe(buffer)) < len(data) + 10_000


def test_nothing_over_the_limit_is_copied(photo: bytes) -> None:
    limits = Limits(max_input_bytes=1_000)
    plan = Plan(bombproof.probe(photo), REQUEST)
    data = bytearray(8 << 20)

    def refused(exception: type[bombproof.Error], call) -> bombproof.Error:
        with pytest.raises(exception) as raised:
            call()
        return raised.value

    for call in (
        lambda: bombproof.probe(data, limits),
        lambda: bombproof.thumbnail(data, REQUEST, limits),
        lambda: bombproof.thumbnails(data, REQUEST, limits),
    ):
        error = refused(bombproof.OverLimit, call)
        assert (error.limit, error.found, error.allowed) == ("max_input_bytes", 8 << 20, 1_000)
        assert allocated(lambda call=call: refused(bombproof.OverLimit, call)) < 100_000
    for call in (lambda: plan.run(data), lambda: plan.run_all(data)):
        assert allocated(lambda call=call: refused(bombproof.BadRequest, call)) < 100_000


def test_a_writer_does_not_disturb_a_job(photo: bytes) -> None:
    """The buffer is written to while jobs read it: each gives a picture or a refusal."""
    data = bytearray(photo)
    stop = False

    def write() -> None:
        while not stop:
            data[1_000:2_000] = bytes(1_000)
            data[1_000:2_000] = photo[1_000:2_000]

    thread = threading.Thread(target=write)
    thread.start()
    outcomes = set()
    for _ in range(50):
        try:
            outcomes.add(bombproof.thumbnail(data, REQUEST).media_type)
        except bombproof.Error as error:
            outcomes.add(error.kind)
    stop = True
    thread.join()
    assert outcomes <= {"image/jpeg", "malformed", "truncated"}
    # The copy was given back, so that the buffer can be resized.
    data.append(0)
