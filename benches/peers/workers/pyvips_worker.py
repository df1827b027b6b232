"""pyvips: `thumbnail_buffer`, which shrinks on load; one thread, no operation cache."""

import os

os.environ["VIPS_CONCURRENCY"] = "1"

import pyvips

import protocol

pyvips.cache_set_max(0)
WHITE = [255, 255, 255]


def job(data, kind, side):
    image = pyvips.Image.thumbnail_buffer(
        data, side, height=side, crop="centre", size="down", export_profile="srgb"
    )
    if kind == "png":
        return image.pngsave_buffer(keep="none")
    return image.jpegsave_buffer(Q=80, keep="none", background=WHITE)


version = ".".join(str(pyvips.version(part)) for part in range(3))
protocol.serve(f"pyvips {pyvips.__version__} (libvips {version})", job)
