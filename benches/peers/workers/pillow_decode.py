"""Decodes the files of a folder that have no extension: "256 sharp JPEG 80" becomes "256 sharp JPEG 80.rgb".
pillow_decode.py FOLDER
Prints the versions."""

import sys
from pathlib import Path

import PIL
from PIL import Image, features

for path in Path(sys.argv[1]).iterdir():
    if not path.suffix:
        path.with_suffix(".rgb").write_bytes(Image.open(path).convert("RGB").tobytes())
parts = ", ".join(f"{name} {features.version(name)}" for name in ("libjpeg_turbo", "webp"))
print(f"Pillow {PIL.__version__} ({parts})")
