"""What the classes show of themselves."""

import dataclasses

import bombproof
import pytest
from bombproof import Header, Limits, Permit, Plan, Rect, Request, Size
from conftest import png


def test_a_header_shows_what_the_file_declares(photo: bytes, corpus) -> None:
    header = bombproof.probe(photo)
    shown = {
        name: getattr(header, name)
        for name in dir(header)
        if not name.startswith(("_", "to_", "from_"))
    }
    assert shown == {
        "alpha": False,
        "animated": False,
        "bit_depth": 8,
        "color": "ycbcr",
        "format": "jpeg",
        "icc": None,
        "input_bytes": len(photo),
        "orientation": 1,
        "progressive": False,
        "scans": 1,
        "segments": header.segments,
        "size": Size(2400, 1600),
        "upright_size": Size(2400, 1600),
    }
    assert repr(header) == "<bombproof.Header: jpeg, 2400 x 1600 pixels, 325817 bytes>"
    assert header == bombproof.probe(photo)
    assert header != bombproof.probe((corpus / "valid/photo.png").read_bytes())


def test_headers_agree_with_the_manifest(corpus, manifest) -> None:
    seen = set()
    for path, entry in manifest.items():
        if path.startswith("valid/"):
            header = bombproof.probe((corpus / path).read_bytes())
            assert header.format == entry["format"]
            assert header.size == (entry["width"], entry["height"])
            assert header.alpha == entry.get("alpha", False), path
            assert header.animated == entry.get("animated", False)
            assert header.progressive == entry.get("progressive", False)
            assert header.orientation == entry.get("orientation", 1)
            upright = (entry.get("upright_width"), entry.get("upright_height"))
            assert upright in ((None, None), header.upright_size)
            seen |= {header.color, header.icc, header.orientation}
    assert seen >= {"gray", "rgb", "ycbcr", "indexed", "cmyk", "ycck", "compressed", *range(1, 9)}


def test_a_plan_shows_what_it_decided(photo: bytes) -> None:
    header = bombproof.probe(photo)
    plan = Plan(header, Request.cover(256, 256))
    assert plan.header == header
    assert plan.crop == Rect(400, 0, 1600, 1600)
    assert (plan.output_size, plan.output_sizes) == (Size(256, 256), (Size(256, 256),))
    assert (plan.scale_divisor, plan.box_size) == (4, Size(1, 1))
    assert str(plan).startswith("JPEG 2400x1600, crop 1600x1600+400+0, scale 1/4, box 1x1")
    quotes = f"{plan.memory_bytes} bytes, {plan.work} ns"
    assert repr(plan) == f"<bombproof.Plan: 256 x 256 pixels, {quotes}>"
    assert plan == Plan(header, Request.cover(256, 256), Limits())
    assert plan != Plan(header, Request.cover(256, 255))
    assert plan.run(photo).memory_bytes == plan.memory_bytes


def test_the_text_of_a_request_makes_an_equal_one() -> None:
    request = Request.pad(9, 8, [1, 2, 3, 4], quality=70, sizes=[[3, 4]], focus=(0, 0.5))
    text = "Request.pad(9, 8, (1, 2, 3, 4), sizes=((3, 4),), focus=(0, 0.5), quality=70)"
    assert repr(request) == text
    assert eval(text, {"Request": Request}) == request
    assert hash(eval(text, {"Request": Request})) == hash(request)
    assert repr(Request.full_size()) == "Request.full_size()"
    assert dataclasses.replace(request, quality=None) != request


def test_a_thumbnail_shows_no_data(photo: bytes) -> None:
    thumbnail = bombproof.thumbnail(photo, Request.cover(8, 8))
    assert "data" not in repr(thumbnail)
    assert bytes(thumbnail) is thumbnail.data
    assert (thumbnail.width, thumbnail.height, thumbnail.color) == (8, 8, "srgb")


def test_layouts_are_those_of_the_pixels() -> None:
    for layout, channels in {"gray": 1, "gray_alpha": 2, "rgb": 3, "rgba": 4}.items():
        # Opaque and coloured, if there is a channel for it.
        data = png(3, 2, lambda x, y, n=channels: (9, 200, 30, 40)[:n])
        thumbnail = bombproof.thumbnail(data, Request.full_size(format="pixels"))
        assert thumbnail.layout == layout
        assert len(thumbnail.data) == 6 * channels


def test_nothing_is_changed_or_subclassed(photo: bytes) -> None:
    header = bombproof.probe(photo)
    request = Request.cover(8, 8)
    plan = Plan(header, request)
    thumbnail = plan.run(photo)
    for value, name in (
        (header, "size"),
        (plan, "memory_bytes"),
        (request, "width"),
        (Limits(), "max_pixels"),
        (thumbnail, "data"),
    ):
        with pytest.raises(AttributeError):
            setattr(value, name, 1)
    for cls in (Header, Permit):
        with pytest.raises(TypeError, match=r"cannot create|No constructor"):
            cls()
    for cls in (Header, Plan, bombproof.MemoryPool, Permit, bombproof.Interrupt):
        with pytest.raises(TypeError, match="not an acceptable base type"):
            type("Derived", (cls,), {})
