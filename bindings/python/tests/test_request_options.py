"""Every option of a request changes what it says: each field has a test of its name."""

import dataclasses
import sys

import bombproof
import pytest
from bombproof import Limits, Request, Size
from bombproof._request import Options
from conftest import png

RED, BLUE = (200, 30, 20), (20, 30, 200)


@pytest.fixture(scope="module")
def wide() -> bytes:
    """40 × 20 pixels: red at the left, grey, and blue at the right."""
    colors = [RED, (90, 90, 90), (90, 90, 90), BLUE]
    return png(40, 20, lambda x, y: colors[x // 10])


@pytest.fixture(scope="module")
def clear() -> bytes:
    """8 × 8 pixels that are transparent."""
    return png(8, 8, lambda x, y: (9, 9, 9, 0))


def pixels(data: bytes, request: Request) -> list[tuple[int, ...]]:
    """The pixels of an output of the format ``pixels``."""
    output = bombproof.thumbnail(data, dataclasses.replace(request, format="pixels"))
    channels = len(output.data) // (output.width * output.height)
    return [tuple(output.data[i : i + channels]) for i in range(0, len(output.data), channels)]


def file(data: bytes, request: Request, **options: object) -> bytes:
    return bombproof.thumbnail(data, dataclasses.replace(request, **options)).data


def test_every_field_has_a_test() -> None:
    tests = {name.removeprefix("test_") for name in vars(sys.modules[__name__])}
    fields = {field.name for field in dataclasses.fields(Request)}
    assert "quality" in fields
    assert fields - tests == set()


def test_fit(wide: bytes) -> None:
    sizes = {
        fit: bombproof.thumbnail(wide, request)
        for fit, request in {
            "cover": Request.cover(10, 10),
            "contain": Request.contain(10, 10),
            "pad": Request.pad(12, 10, (0, 0, 0, 255)),
            "full_size": Request.full_size(),
        }.items()
    }
    assert {fit: (output.width, output.height) for fit, output in sizes.items()} == {
        "cover": (10, 10),
        "contain": (10, 5),
        "pad": (12, 10),
        "full_size": (40, 20),
    }
    with pytest.raises(bombproof.BadRequest, match="fit is one of"):
        Request(fit="stretch", width=1, height=1)


def test_width(wide: bytes) -> None:
    assert bombproof.thumbnail(wide, Request.cover(7, 10)).width == 7


def test_height(wide: bytes) -> None:
    assert bombproof.thumbnail(wide, Request.cover(10, 7)).height == 7


def test_canvas(wide: bytes) -> None:
    assert pixels(wide, Request.pad(10, 10, (1, 2, 3, 255)))[0] == (1, 2, 3)
    assert pixels(wide, Request.pad(10, 10, (1, 2, 3, 0)))[0] == (0, 0, 0, 0)


def test_sizes(wide: bytes) -> None:
    request = Request.cover(16, 16, sizes=[(8, 4), (2, 2)])
    outputs = bombproof.thumbnails(wide, request)
    assert [(output.width, output.height) for output in outputs] == [(16, 16), (8, 4), (2, 2)]
    assert bombproof.thumbnail(wide, request) == dataclasses.replace(outputs[0])
    plan = bombproof.Plan(bombproof.probe(wide), request)
    assert plan.output_sizes == (Size(16, 16), Size(8, 4), Size(2, 2))
    assert plan.run_all(wide) == outputs
    assert plan.run(wide) == outputs[0]


def test_enlarge(wide: bytes) -> None:
    assert bombproof.thumbnail(wide, Request.cover(80, 80)).width == 20
    assert bombproof.thumbnail(wide, Request.cover(80, 80, enlarge=True)).width == 80


def test_crop(wide: bytes) -> None:
    output = bombproof.thumbnail(wide, Request.full_size(crop=(30, 5, 10, 3), format="pixels"))
    assert output.source_rect == (30, 5, 10, 3)
    assert output.data == bytes(BLUE) * 30
    # What an output shows is a crop again.
    assert Request.full_size(crop=output.source_rect) == Request.full_size(crop=(30, 5, 10, 3))


def test_focus(wide: bytes) -> None:
    assert bombproof.thumbnail(wide, Request.cover(5, 5)).source_rect == (10, 0, 20, 20)
    left = bombproof.thumbnail(wide, Request.cover(5, 5, focus=(0.25, 0.5)))
    assert left.source_rect == (0, 0, 20, 20)
    assert pixels(wide, Request.cover(5, 5, focus=(0, 0)))[0] != (90, 90, 90)


def test_attention(photo: bytes) -> None:
    even = bombproof.thumbnail(photo, Request.cover(60, 60))
    found = bombproof.thumbnail(photo, Request.cover(60, 60, attention=True))
    assert found.source_rect != even.source_rect
    with pytest.raises(bombproof.BadRequest, match="attention and focus"):
        Request.cover(60, 60, attention=True, focus=(0, 0))


def test_format(wide: bytes) -> None:
    starts = {
        "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
        "png": (b"\x89PNG", "image/png"),
        "webp": (b"RIFF", "image/webp"),
        "webp_lossless": (b"RIFF", "image/webp"),
        "pixels": (bytes((200, 30, 20)), "application/octet-stream"),
    }
    for format, (start, media_type) in starts.items():
        output = bombproof.thumbnail(wide, Request.full_size(format=format))
        assert output.data.startswith(start), format
        assert output.media_type == media_type
        assert output.layout == ("rgb" if format == "pixels" else None)
    lossy, lossless = (
        bombproof.thumbnail(wide, Request.full_size(format=format)).data
        for format in ("webp", "webp_lossless")
    )
    assert (lossy[12:16], lossless[12:16]) == (b"VP8 ", b"VP8L")
    with pytest.raises(bombproof.BadRequest, match="format is one of"):
        Request.cover(1, 1, format="gif")


def test_quality(photo: bytes) -> None:
    for format in ("jpeg", "webp"):
        request = Request.cover(64, 64, format=format)
        default = file(photo, request)
        assert len(file(photo, request, quality=30)) < len(default)
        assert file(photo, request, quality=80) == default
    for format in ("png", "webp_lossless", "pixels"):
        with pytest.raises(bombproof.BadRequest, match="no quality"):
            Request.cover(64, 64, format=format, quality=80)
    for quality in (0, 101, -1):
        with pytest.raises(bombproof.BadRequest, match="from 1 to 100"):
            Request.cover(64, 64, quality=quality)


def test_jpeg_full_chroma(photo: bytes) -> None:
    small = file(photo, Request.cover(64, 64))
    full = file(photo, Request.cover(64, 64), jpeg_full_chroma=True)
    assert sampling(small) == 0x22
    assert sampling(full) == 0x11


def sampling(jpeg: bytes) -> int:
    """The sampling factors of luma: byte 11 of the frame header."""
    return jpeg[jpeg.index(b"\xff\xc0") + 11]


def test_jpeg_progressive(photo: bytes) -> None:
    request = Request.cover(64, 64)
    assert not bombproof.probe(file(photo, request)).progressive
    assert bombproof.probe(file(photo, request, jpeg_progressive=True)).progressive


def test_jpeg_effort(photo: bytes) -> None:
    request = Request.cover(128, 128)
    assert len(file(photo, request, jpeg_effort="smallest")) < len(file(photo, request))
    with pytest.raises(bombproof.BadRequest, match="jpeg_effort is"):
        Request.cover(1, 1, jpeg_effort="most")


def test_jpeg_detail(photo: bytes) -> None:
    header = bombproof.probe(photo)
    details = ("fastest", "balanced", "best")
    divisors = [
        bombproof.Plan(header, Request.cover(200, 200, jpeg_detail=detail)).scale_divisor
        for detail in details
    ]
    assert divisors == [8, 4, 4]
    requests = [Request.cover(110, 110, jpeg_detail=detail, format="png") for detail in details]
    plans = [bombproof.Plan(header, request) for request in requests]
    assert [plan.scale_divisor for plan in plans] == [8, 8, 4]
    with pytest.raises(bombproof.BadRequest, match="jpeg_detail is"):
        Request.cover(1, 1, jpeg_detail="worst")


def test_max_bytes(photo: bytes) -> None:
    request = Request.cover(128, 128)
    free = file(photo, request)
    bounded = file(photo, request, max_bytes=2_000)
    assert len(bounded) <= 2_000 < len(free)
    with pytest.raises(bombproof.OverLimit) as refused:
        file(photo, request, max_bytes=100)
    assert refused.value.limit == "max_bytes"


def test_background(clear: bytes) -> None:
    def first_pixel(request: Request) -> tuple[int, ...]:
        return pixels(file(clear, request), Request.full_size())[0]

    assert first_pixel(Request.full_size(quality=100)) == (255, 255, 255)
    red, green, blue = first_pixel(Request.full_size(quality=100, background=(0, 128, 250)))
    assert red < 8
    assert 120 < green < 136
    assert blue > 242


def test_round(wide: bytes) -> None:
    assert pixels(wide, Request.cover(10, 10))[0] == (90, 90, 90)
    corner, *_, center = pixels(wide, Request.cover(10, 10, round=True))[:56]
    assert corner == (0, 0, 0, 0)
    assert center == (90, 90, 90, 255)


def test_keep_wide_gamut(corpus, manifest) -> None:
    gamuts = set()
    for path in manifest:
        if path.startswith("valid/"):
            data = (corpus / path).read_bytes()
            request = Request.contain(8, 8, format="png")
            assert bombproof.thumbnail(data, request).gamut == "srgb"
            wide = bombproof.thumbnail(data, dataclasses.replace(request, keep_wide_gamut=True))
            gamuts.add(wide.gamut)
            if wide.gamut == "display_p3":
                assert wide.color == "converted_to_display_p3"
                assert bombproof.probe(wide.data).icc is not None
    assert gamuts == {"srgb", "display_p3"}


def test_placeholder(wide: bytes) -> None:
    assert bombproof.thumbnail(wide, Request.cover(8, 8)).placeholder is None
    made = bombproof.thumbnail(wide, Request.cover(8, 8, crop=(30, 0, 10, 20), placeholder=True))
    assert made.placeholder is not None
    assert made.placeholder.dominant_color == BLUE
    assert made.placeholder.css_color == "#141ec8"
    assert 5 <= len(made.placeholder.thumb_hash) <= 25
    assert len(made.placeholder.thumb_hash_base64) % 4 == 0


def test_accept_truncated(photo: bytes) -> None:
    cut = photo[: len(photo) * 3 // 4]
    with pytest.raises(bombproof.Truncated):
        bombproof.thumbnail(cut, Request.cover(64, 64))
    output = bombproof.thumbnail(cut, Request.cover(64, 64, accept_truncated=50))
    assert output.truncated
    assert output.truncated_rows is not None
    reached, declared = output.truncated_rows
    assert 800 < reached < declared == 1600
    assert output.warnings == (f"truncated JPEG: the data ends at row {reached} of {declared}",)
    with pytest.raises(bombproof.Truncated):
        bombproof.thumbnail(cut, Request.cover(64, 64, accept_truncated=90))


def test_an_ignored_profile_is_a_warning(photo: bytes, corpus, manifest) -> None:
    assert bombproof.thumbnail(photo, Request.cover(8, 8)).warnings == ()
    ignored = Limits(max_icc_bytes=0, max_icc_bytes_cmyk=0)
    found = set()
    for path, entry in manifest.items():
        if path.startswith("valid/") and entry["format"] == "jpeg":
            data = (corpus / path).read_bytes()
            found |= set(bombproof.thumbnail(data, Request.cover(8, 8), ignored).warnings)
    assert "profile ignored: too large" in found


@pytest.mark.parametrize(
    "make",
    [
        lambda: Request.cover(8, 8, sharpen=True),
        lambda: Request.cover(8.5, 8),
        lambda: Request.cover("8", 8),
        lambda: Request.cover(8, 8, quality=80.5),
        lambda: Request.cover(8, 8, enlarge=1),
        lambda: Request.cover(8, 8, crop=(0, 0, 8)),
        lambda: Request.cover(8, 8, crop=(0, 0, 8, 8.5)),
        lambda: Request.cover(8, 8, focus="ab"),
        lambda: Request.cover(8, 8, sizes=[(8, 8, 8)]),
        lambda: Request.cover(8, 8, background="red"),
        lambda: Request.cover(8, 8, format=None),
        lambda: Request.cover(8),
    ],
)
def test_a_wrong_type_or_an_unknown_option_is_a_type_error(make) -> None:
    with pytest.raises(TypeError):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Request.cover(0, 8),
        lambda: Request.cover(-8, 8),
        lambda: Request.cover(2**32, 8),
        lambda: Request.cover(2**70, 8),
        lambda: Request.cover(8, 8, crop=(-1, 0, 8, 8)),
        lambda: Request.cover(8, 8, crop=(0, 0, 0, 8)),
        lambda: Request.cover(8, 8, focus=(float("nan"), 0)),
        lambda: Request.cover(8, 8, focus=(0, 1.001)),
        lambda: Request.cover(8, 8, background=(256, 0, 0)),
        lambda: Request.cover(8, 8, max_bytes=-1),
        lambda: Request.cover(8, 8, accept_truncated=0),
        lambda: Request.cover(8, 8, accept_truncated=101),
        lambda: Request.pad(8, 8, (0, 0, 0, 300)),
        lambda: Request(fit="pad", width=8, height=8),
        lambda: Request(fit="cover", width=8, height=8, canvas=(0, 0, 0, 0)),
        lambda: Request(fit="cover"),
        lambda: Request(fit="cover", width=8),
        lambda: Request(fit="full_size", width=8, height=8),
    ],
)
def test_a_value_that_is_not_allowed_is_a_bad_request(make) -> None:
    with pytest.raises(bombproof.BadRequest) as refused:
        make()
    assert refused.value.http_status == 400
    assert refused.value.kind == "bad_request"


def test_what_depends_on_the_picture_is_refused_when_it_is_planned(wide: bytes) -> None:
    header = bombproof.probe(wide)
    for request in (
        Request.cover(8, 8, crop=(30, 0, 11, 8)),
        Request.cover(8, 8, sizes=[(8, 8)] * 8),
        Request.full_size(sizes=[(8, 8)]),
    ):
        with pytest.raises(bombproof.BadRequest):
            bombproof.Plan(header, request)


def test_the_named_options_are_the_fields() -> None:
    fields = {field.name for field in dataclasses.fields(Request)}
    assert set(Options.__annotations__) == fields - {"fit", "width", "height", "canvas"}
