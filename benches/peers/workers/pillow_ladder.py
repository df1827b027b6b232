"""Encodes the PNGs of a folder as JPEGs with Pillow, at several qualities:
pillow_ladder.py FOLDER QUALITY,QUALITY...
"256.png" becomes "256 Pillow JPEG 80". Prints the versions."""

import sys
from pathlib import Path

import PIL
from PIL import Image, features

folder, qualities = Path(sys.argv[1]), sys.argv[2].split(",")
for path in folder.glob("*.png"):
    image = Image.open(path)
    for quality in qualities:
        image.save(folder / f"{path.stem} Pillow JPEG {quality}", "jpeg", quality=int(quality))
parts = ", ".join(f"{name} {features.version(name)}" for name in ("libjpeg_turbo", "webp"))
print(f"Pillow {PIL.__version__} ({parts})")
