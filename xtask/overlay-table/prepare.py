#!/usr/bin/env python3
"""Makes the pictures that `cargo xtask overlay-table` measures OverlayExtract on.

Real photographs (scikit-image's and scikit-learn's, fetched from PyPI) are composited with known
overlays and then spoilt as plates are: quantised, compressed, grained, displaced, regraded. They go
into target/overlay-table, as .npy files of rows of R, then G, then B; whatever is exactly n / 255
as uint8.

Needs Python 3.11 with venv, and the network once. Run it from anywhere.
"""
import io
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "target" / "overlay-table"
PACKAGES = ["numpy==2.4.6", "scipy==1.17.1", "pillow==13.0.0", "scikit-image==0.26.0"]
PHOTOGRAPHS = "scikit-learn==1.9.1"


def enter_environment():
    """Runs this script again in an environment of its own that has the packages."""
    environment = FOLDER / "python"
    python = environment / "bin" / "python"
    if Path(sys.prefix).resolve() == environment.resolve():
        return
    if not python.exists():
        subprocess.check_call([sys.executable, "-m", "venv", environment])
    subprocess.check_call([python, "-m", "pip", "install", "--quiet", *PACKAGES])
    if not list(FOLDER.glob("*.whl")):
        # Only the photographs inside are wanted.
        fetch = ["download", "--quiet", "--no-deps", "--dest", FOLDER, PHOTOGRAPHS]
        subprocess.check_call([python, "-m", "pip", *fetch])
    sys.exit(subprocess.call([python, __file__]))


enter_environment()

import numpy as np  # noqa: E402
import skimage.data  # noqa: E402
from PIL import Image, ImageDraw, ImageFont  # noqa: E402
from scipy import ndimage  # noqa: E402

HEIGHT, WIDTH = 288, 448
# Where the crop of each photograph starts: row, column.
CROPS = {
    "astronaut": (10, 40),
    "coffee": (60, 90),
    "china": (90, 100),
    "flower": (60, 100),
    "rocket": (60, 60),
    "motorcycle_left": (120, 120),
    "chelsea": (6, 1),
    "ihc": (50, 20),
}
# Background and overlay.
PAIRS = [
    ("coffee", "astronaut"),
    ("china", "chelsea"),
    ("motorcycle_left", "astronaut"),
    ("rocket", "flower"),
    ("flower", "chelsea"),
]
KINDS = ["clean", "8bit", "jpeg", "noise", "shift", "gain"]
FRAMES = 16


def photograph(name):
    if name in ("china", "flower"):
        wheel = zipfile.ZipFile(next(FOLDER.glob("*.whl")))
        image = Image.open(io.BytesIO(wheel.read(f"sklearn/datasets/images/{name}.jpg")))
    else:
        folder = Path(skimage.data.__file__).parent
        image = Image.open(next(folder.glob(f"{name}.*")))
    return np.asarray(image.convert("RGB"), np.float32) / 255


def crop(name):
    y, x = CROPS[name]
    return np.ascontiguousarray(photograph(name)[y : y + HEIGHT, x : x + WIDTH])


def quantised(x):
    return (np.round(np.clip(x, 0, 1) * 255) / 255).astype(np.float32)


def compressed(x):
    file = io.BytesIO()
    codes = (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)
    Image.fromarray(codes).save(file, "JPEG", quality=90, subsampling=2)
    return np.asarray(Image.open(file).convert("RGB"), np.float32) / 255


def displaced(x, dx, dy):
    """By splines of order 5, which the estimator does not use."""
    channels = [ndimage.shift(x[..., c], (dy, dx), order=5, mode="reflect") for c in range(3)]
    return np.stack(channels, -1).astype(np.float32)


def spoilt(merged, background, kind, seed=1):
    random = np.random.default_rng(seed)
    if kind == "clean":
        return merged, background
    if kind == "8bit":
        return quantised(merged), quantised(background)
    if kind == "jpeg":
        return compressed(merged), compressed(background)
    if kind == "noise":
        grain = [random.normal(0, 2 / 255, merged.shape) for _ in range(2)]
        return (merged + grain[0]).astype(np.float32), (background + grain[1]).astype(np.float32)
    if kind == "shift":
        moved = displaced(background, 0.3 * np.cos(0.6), 0.3 * np.sin(0.6))
        return quantised(merged), quantised(moved)
    if kind == "gain":
        return quantised(merged), quantised(background * 1.02 + 0.004)
    raise KeyError(kind)


def reflection():
    """A soft oval, up to .45 opaque."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    radius = ((x - 215) / 120) ** 2 + ((y - 140) / 115) ** 2
    matte = 0.45 * np.clip(1.6 * (1 - radius), 0, 1) ** 0.8
    return ndimage.gaussian_filter(matte, 4).astype(np.float32)


def logo():
    """Letters and a ring, half opaque."""
    image = Image.new("L", (WIDTH * 4, HEIGHT * 4))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=300)
    draw.text((180, 200), "STOCK", 255, font=font)
    draw.ellipse((500, 650, 1200, 1080), outline=255, width=60)
    draw.text((640, 720), "img", 255, font=font)
    small = np.asarray(image.resize((WIDTH, HEIGHT), Image.LANCZOS), np.float32)
    return (small / 255 * 0.5).clip(0, 0.5)


def save(name, picture):
    picture = np.asarray(picture, np.float32)
    rows = picture.transpose(0, 2, 1) if picture.ndim == 3 else picture[:, None, :]
    codes = np.round(np.clip(rows, 0, 1) * 255).astype(np.uint8)
    exact = np.array_equal(codes.astype(np.float32) / 255, rows)
    np.save(FOLDER / f"{name}.npy", np.ascontiguousarray(codes if exact else rows))


def uniform():
    for index, (below, above) in enumerate(PAIRS):
        background, overlay = crop(below), crop(above)
        save(f"overlay-{index}", overlay)
        for alpha in (0.15, 0.4):
            blend = ((1 - alpha) * background + alpha * overlay).astype(np.float32)
            for kind in KINDS:
                merged, spoilt_background = spoilt(blend, background, kind)
                save(f"merged-{index}-{alpha}-{kind}", merged)
                save(f"background-{index}-{kind}", spoilt_background)


def modes():
    for index, (below, above) in enumerate(PAIRS[:4]):
        background, overlay = crop(below), crop(above)
        for mode, alpha, a, b in (
            ("add", 0.3, 0.3, background),
            ("screen", 1.0, 1 - background, background),
            ("screen", 0.4, 0.4 * (1 - background), background),
            ("multiply", 1.0, background, 0),
            ("multiply", 0.4, 0.4 * background, 0.6 * background),
        ):
            a, b = np.float32(a), np.float32(b)
            grain = np.random.default_rng(2).normal(0, 1 / 255, background.shape)
            save(f"merged-{index}-{mode}-{alpha}", quantised(a * overlay + b + grain))


def varying():
    save("new-background", crop("ihc"))
    save("matte-reflection", reflection())
    save("matte-logo", logo())
    for index, (below, above) in enumerate(PAIRS[:3]):
        background = crop(below)
        for name, matte, overlay in (
            ("reflection", reflection(), crop(above)),
            ("logo", logo(), np.full(background.shape, 0.95, np.float32)),
            ("red-logo", logo(), np.full(background.shape, (0.8, 0.2, 0.1), np.float32)),
        ):
            alpha = matte[..., None]
            blend = (alpha * overlay + (1 - alpha) * background).astype(np.float32)
            for kind in ("clean", "8bit", "noise", "jpeg"):
                merged, spoilt_background = spoilt(blend, background, kind)
                save(f"merged-{index}-{name}-{kind}", merged)
                save(f"background-{index}-{name}-{kind}", spoilt_background)


def frames():
    """A pan behind a still overlay, with grain."""
    pan = photograph("china")
    for name, matte, overlay in (
        ("reflection", reflection(), crop("astronaut")),
        ("logo", logo(), np.full((HEIGHT, WIDTH, 3), 0.95, np.float32)),
    ):
        alpha = matte[..., None]
        random = np.random.default_rng(0)
        for frame in range(FRAMES):
            y, x = frame * 17 % 100, frame * 37 % 180
            background = pan[y : y + HEIGHT, x : x + WIDTH]
            merged = alpha * overlay + (1 - alpha) * background
            grain = [random.normal(0, 2 / 255, merged.shape) for _ in range(2)]
            save(f"merged-{name}-frame-{frame}", merged + grain[0])
            save(f"background-{name}-frame-{frame}", background + grain[1])


if __name__ == "__main__":
    uniform()
    modes()
    varying()
    frames()
    print(f"wrote {len(list(FOLDER.glob('*.npy')))} pictures into {FOLDER}")
