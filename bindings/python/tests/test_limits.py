"""Every limit refuses what exceeds it: each field has a test of its name."""

import dataclasses
import sys

import bombproof
import pytest
from bombproof import Limits, Request, _bombproof

REQUEST = Request.cover(64, 64)


def refused(data: bytes, request: Request = REQUEST, **limits: object) -> bombproof.Error:
    with pytest.raises(bombproof.Error) as refused:
        bombproof.thumbnail(data, request, Limits(**limits))
    return refused.value


def bites(data: bytes, name: str, needed: int) -> None:
    """The limit allows what the file needs, and refuses it at one less."""
    bombproof.thumbnail(data, REQUEST, Limits(**{name: needed}))
    error = refused(data, **{name: needed - 1})
    assert isinstance(error, bombproof.OverLimit)
    assert (error.limit, error.found, error.allowed) == (name, needed, needed - 1)


@pytest.fixture(scope="module")
def progressive(corpus) -> bytes:
    return (corpus / "valid/photo-progressive.jpg").read_bytes()


def test_every_field_has_a_test() -> None:
    tests = {name.removeprefix("test_") for name in vars(sys.modules[__name__])}
    fields = {field.name for field in dataclasses.fields(Limits)}
    assert "max_pixels" in fields
    assert fields - tests == set()


def test_the_defaults_are_those_of_the_library() -> None:
    assert dataclasses.asdict(Limits()) == _bombproof.default_limits()


def test_max_input_bytes(photo: bytes) -> None:
    bites(photo, "max_input_bytes", len(photo))
    with pytest.raises(bombproof.OverLimit):
        bombproof.probe(photo, Limits(max_input_bytes=len(photo) - 1))


def test_max_side_px(photo: bytes) -> None:
    bites(photo, "max_side_px", 2_400)


def test_max_pixels(photo: bytes) -> None:
    bites(photo, "max_pixels", 2_400 * 1_600)


def test_max_memory_bytes(photo: bytes) -> None:
    plan = bombproof.Plan(bombproof.probe(photo), REQUEST)
    bites(photo, "max_memory_bytes", plan.memory_bytes)


def test_max_work(photo: bytes) -> None:
    bites(photo, "max_work", bombproof.Plan(bombproof.probe(photo), REQUEST).work)


def test_max_output_side_px(photo: bytes) -> None:
    bites(photo, "max_output_side_px", 64)


def test_max_scans(progressive: bytes) -> None:
    scans = bombproof.probe(progressive).scans
    assert scans is not None
    bites(progressive, "max_scans", scans)


def test_max_scan_work(progressive: bytes) -> None:
    error = refused(progressive, max_scan_work=0)
    assert isinstance(error, bombproof.OverLimit)
    assert error.limit == "max_scan_work"


def test_max_segments(photo: bytes) -> None:
    bites(photo, "max_segments", bombproof.probe(photo).segments)


def profile_is_used(data: bytes, **limits: int) -> bool:
    """Whether the profile is used. It changes the picture."""
    request = Request.full_size(format="pixels")
    output = bombproof.thumbnail(data, request, Limits(**limits))
    default = bombproof.thumbnail(data, request)
    assert (output.data == default.data) == (output.color == default.color)
    return output.color.startswith("converted")


def with_profile(corpus, manifest, color: str) -> bytes:
    """A picture of the corpus whose profile is used."""
    for path, entry in manifest.items():
        if path.startswith("valid/") and entry["format"] == "jpeg":
            data = (corpus / path).read_bytes()
            header = bombproof.probe(data)
            if header.icc == color and profile_is_used(data):
                return data
    raise AssertionError(color)


def test_max_icc_bytes(corpus, manifest) -> None:
    data = with_profile(corpus, manifest, "rgb")
    assert profile_is_used(data, max_icc_bytes_cmyk=0)
    assert not profile_is_used(data, max_icc_bytes=0)


def test_max_icc_bytes_cmyk(corpus, manifest) -> None:
    data = with_profile(corpus, manifest, "cmyk")
    assert profile_is_used(data, max_icc_bytes=0)
    assert not profile_is_used(data, max_icc_bytes_cmyk=0)


def test_formats(corpus) -> None:
    formats = {"jpeg": "photo.jpg", "png": "photo.png", "webp": "photo.webp"}
    for allowed in formats:
        for format, name in formats.items():
            data = (corpus / "valid" / name).read_bytes()
            if format == allowed:
                bombproof.thumbnail(data, REQUEST, Limits(formats=[allowed]))
            else:
                assert isinstance(refused(data, formats=[allowed]), bombproof.Unsupported)
    assert Limits(formats={"webp", "jpeg"}).formats == ("jpeg", "webp")
    assert isinstance(refused(data, formats=()), bombproof.Unsupported)


@pytest.mark.parametrize(
    ("exception", "limits"),
    [
        (TypeError, {"max_pixel": 1}),
        (TypeError, {"max_pixels": 1.5}),
        (TypeError, {"max_pixels": None}),
        (TypeError, {"formats": [1]}),
        (ValueError, {"max_pixels": -1}),
        (ValueError, {"max_pixels": 2**64}),
        (ValueError, {"max_side_px": 2**32}),
        (ValueError, {"formats": ["gif"]}),
        (ValueError, {"formats": "jpeg"}),
    ],
)
def test_what_is_not_a_limit_is_an_error(
    exception: type[Exception], limits: dict[str, object]
) -> None:
    with pytest.raises(exception):
        Limits(**limits)


def test_another_class_with_the_same_fields_is_no_limit(photo: bytes) -> None:
    with pytest.raises(TypeError, match=r"expected a bombproof\.Limits, not dict"):
        bombproof.thumbnail(photo, REQUEST, dataclasses.asdict(Limits()))
