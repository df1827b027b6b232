"""Pillow, for speed as its documentation says: `draft` for JPEG, `reducing_gap`, Lanczos."""

import io

import PIL
from PIL import Image, ImageCms, ImageOps, features

import protocol

SRGB = ImageCms.createProfile("sRGB")


def job(data, kind, side):
    image = Image.open(io.BytesIO(data))
    # Like Image.thumbnail: the decoder leaves twice the target for the resize.
    image.draft(None, (2 * side, 2 * side))
    if image.mode not in ("L", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    square = min(image.size)
    left, top = ((length - square) // 2 for length in image.size)
    box = (left, top, left + square, top + square)
    side = min(side, square)
    small = image.resize((side, side), Image.Resampling.LANCZOS, box, reducing_gap=2.0)
    small = in_srgb(small, image.info.get("icc_profile"))
    small = ImageOps.exif_transpose(small)
    small.info = {}
    output = io.BytesIO()
    if kind == "png":
        small.save(output, "png")
    else:
        on_white(small).save(output, "jpeg", quality=80)
    return output.getvalue()


def in_srgb(image, profile):
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, SRGB, outputMode=mode)
        except ImageCms.PyCMSError:
            pass
    return image if image.mode == mode else image.convert(mode)


def on_white(image):
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


parts = ", ".join(f"{name} {features.version(name)}" for name in ("libjpeg_turbo", "zlib", "webp"))
protocol.serve(f"Pillow {PIL.__version__} ({parts})", job)
