"""Plates of every kind from the example photographs, and what a painter does to them.

A plate is a list of parts; its samples are native (what the file holds), `picture` is the same colours as
numbers that an edit can work on. Nothing depends on the clock: all chance comes from fixed seeds.
"""

import dataclasses
import pathlib

import numpy as np
import OpenEXR
import OpenImageIO as oiio

PLATES = pathlib.Path(__file__).resolve().parents[2] / "examples/plates"

# Camera primaries to others: fills the mantissas that a plate of halves leaves empty.
MATRIX = np.array([[0.6131, 0.3395, 0.0474], [0.0702, 0.9164, 0.0134], [0.0206, 0.1096, 0.8698]])


@dataclasses.dataclass
class Part:
    """Channels (name to samples, rows from the top) with the upper left pixel of their window."""

    channels: dict
    origin: tuple = (0, 0)
    name: str = ""
    tiles: int = 0
    codec: object = OpenEXR.ZIP_COMPRESSION


@dataclasses.dataclass
class Material:
    """A kind of plate."""

    name: str
    extension: str
    quantise: object  # numbers to the samples of a colour
    picture: object  # no argument: (height, width, 3) numbers
    parts: object  # (colours, where painted or None) to parts
    bits: int = 0  # a sample's bits where the file has integer codes

    def pair(self, edit, folder):
        """Writes background and painted plate, and gives their paths."""
        before = self.picture()
        colours = self.quantise(before)
        after = edit(before, np.random.default_rng(1977))
        # What no stroke touched keeps its samples.
        painted = np.where(after == before, colours, self.quantise(after))
        touched = (painted != colours).any(axis=2)
        plates = self.parts(colours, None), self.parts(painted, touched)
        return self.write(plates, folder)

    def write(self, plates, folder):
        """Writes two plates, and gives their paths."""
        paths = [pathlib.Path(folder, f"{name}.{self.extension}") for name in ("bg", "painted")]
        for path, plate in zip(paths, plates):
            if self.extension == "exr":
                _write_exr(path, plate, colours_window(plate))
            else:
                _write_codes(path, plate[0], self.bits)
        return paths


def colours_window(parts):
    """(width, height) of the display window: that of the first part's pixels."""
    height, width = next(iter(parts[0].channels.values())).shape
    return width, height


def _write_exr(path, parts, size):
    made = []
    for part in parts:
        height, width = next(iter(part.channels.values())).shape
        (x, y), (display_x, display_y) = part.origin, size
        header = {
            "compression": part.codec,
            "type": OpenEXR.tiledimage if part.tiles else OpenEXR.scanlineimage,
            "displayWindow": ((0, 0), (display_x - 1, display_y - 1)),
            "dataWindow": ((x, y), (x + width - 1, y + height - 1)),
            "owner": "the tests",
        }
        if part.tiles:
            header["tiles"] = _tiles(part.tiles)
        channels = {name: np.ascontiguousarray(samples) for name, samples in part.channels.items()}
        made.append(OpenEXR.Part(header, channels, part.name))
    OpenEXR.File(made).write(str(path))


def _tiles(size):
    tiles = OpenEXR.TileDescription()
    tiles.xSize = tiles.ySize = size
    tiles.mode = OpenEXR.ONE_LEVEL
    return tiles


def _write_codes(path, part, bits):
    codes = np.stack(list(part.channels.values()), axis=2)
    # The writer wants codes of 10 and 12 bits as such of 16.
    if 8 < bits < 16:
        codes = codes << (16 - bits) | codes >> (2 * bits - 16)
    height, width, count = codes.shape
    spec = oiio.ImageSpec(width, height, count, "uint8" if bits == 8 else "uint16")
    spec.attribute("oiio:BitsPerSample", bits)
    spec.attribute("ImageDescription", "from the tests")
    out = oiio.ImageOutput.create(str(path))
    if not (out and out.open(str(path), spec) and out.write_image(codes) and out.close()):
        raise OSError(f"{path}: {oiio.geterror()}")


# --- kinds of plates -----------------------------------------------------------------------------


def _linear():
    """Scene-linear light up to 34560, in halves."""
    file = OpenEXR.File(str(PLATES / "background.exr"))
    return file.channels()["RGB"].pixels[100:400, 150:630].astype(np.float64)


def _wide():
    return _linear() @ MATRIX.T * 1.0371


def _codes():
    """The 8-bit plate's codes, 0 to 1."""
    image = oiio.ImageBuf(str(PLATES / "background.tif"))
    return image.get_pixels("uint8")[:300, 500:980].astype(np.float64) / 255


def _curved():
    """Light through a film's curve, 0 to 1, with all codes between."""
    light = _wide().clip(0)
    return (light / (light + 0.6)) ** (1 / 1.7)


def _to_codes(bits):
    top = 2**bits - 1
    kind = np.uint8 if bits == 8 else np.uint16
    return lambda picture: np.rint(picture.clip(0, 1) * top).astype(kind)


def _to_halves(picture):
    return picture.clip(-65504, 65504).astype(np.float16)


def _to_floats(picture):
    return picture.astype(np.float32)


def _rgb(colours):
    return {name: colours[..., index] for index, name in enumerate("RGB")}


def _plain(colours, _touched):
    return [Part(_rgb(colours), codec=OpenEXR.PIZ_COMPRESSION)]


def _beside(colours, touched):
    """A depth (float) and ids (uint) that go with the colours, and change where they do."""
    light = colours.astype(np.float64).sum(axis=2)
    height, width = light.shape
    y, x = np.mgrid[:height, :width]
    depth = (1 + np.hypot(x - 200, y - 150) * 0.37).astype(np.float32)
    ids = ((x // 50 + 100 * (y // 40)) * 40_503_001 % 2**32).astype(np.uint32)
    if touched is not None:
        depth = np.where(touched, (light % 7 + 1e-3).astype(np.float32), depth)
        ids = np.where(touched, np.uint32(0xFFFFFFFB), ids)
    return depth, ids


def _layered(colours, touched):
    """One tiled part: colours, a layer of another type, a depth, ids."""
    depth, ids = _beside(colours, touched)
    layer = _to_floats(colours.astype(np.float64) * 0.3183)
    channels = _rgb(colours) | {"A": np.ones_like(colours[..., 0])}
    channels |= {f"diffuse.{name}": layer[..., index] for index, name in enumerate("RGB")}
    return [Part(channels | {"depth.Z": depth, "id": ids}, tiles=64)]


def _parted(colours, touched):
    """Three parts: tiled colours, a depth in a window of its own that leaves the display's, ids."""
    depth, ids = _beside(colours, touched)
    depth = np.pad(depth[20:250, :320], ((0, 0), (13, 0)), constant_values=np.float32(1e4))
    return [
        Part(_rgb(colours), name="beauty", tiles=32, codec=OpenEXR.PIZ_COMPRESSION),
        Part({"Z": depth}, origin=(-13, 20), name="depth", codec=OpenEXR.ZIPS_COMPRESSION),
        Part({"id": ids}, name="ids", codec=OpenEXR.RLE_COMPRESSION),
    ]


MATERIALS = [
    Material("8-bit TIFF", "tif", _to_codes(8), _codes, _plain, 8),
    Material("16-bit TIFF", "tif", _to_codes(16), _curved, _plain, 16),
    Material("10-bit DPX", "dpx", _to_codes(10), _curved, _plain, 10),
    Material("12-bit DPX", "dpx", _to_codes(12), _curved, _plain, 12),
    Material("16-bit DPX", "dpx", _to_codes(16), _curved, _plain, 16),
    Material("half EXR", "exr", _to_halves, _linear, _plain),
    Material("float EXR", "exr", _to_floats, _wide, _plain),
    Material("layered EXR", "exr", _to_halves, _linear, _layered),
    Material("multi-part EXR", "exr", _to_halves, _linear, _parted),
]


# --- what a painter does -------------------------------------------------------------------------


def _stamp(picture, centre, radius, shift, soft):
    """A soft dab with the texture found `shift` pixels away; `centre` and `radius` are (x, y)."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    cover = np.hypot((x - centre[0]) / radius[0], (y - centre[1]) / radius[1])
    cover = np.clip((1 - cover) / soft, 0, 1)[..., None]
    return picture + cover * (np.roll(picture, (-shift[1], -shift[0]), (0, 1)) - picture)


def dust(picture, random):
    height, width = picture.shape[:2]
    for _ in range(25):
        centre = random.uniform(20, width - 20), random.uniform(20, height - 20)
        shift = random.integers(9, 20), random.integers(-12, 12)
        picture = _stamp(picture, centre, (random.uniform(2, 7),) * 2, shift, 0.4)
    return picture


def clone(picture, _random):
    return _stamp(picture, (140, 160), (60, 45), (110, 30), 0.25)


def wire(picture, _random):
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    away = np.abs((y - 60) - (x - 50) * 0.4) / np.hypot(1, 0.4)
    cover = (np.clip((3 - away) / 1.5, 0, 1) * ((x > 30) & (x < 450)))[..., None]
    return picture + cover * (np.roll(picture, -9, 0) - picture)


def grain(picture, random):
    """A soft brush with a colour and grain of its own."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    cover = np.clip(1 - np.hypot(x - 240, y - 140) / 110, 0, 1)[..., None] ** 2
    colour = np.array([0.3, 0.22, 0.18]) + random.normal(0, 0.01, picture.shape)
    return picture + 0.7 * cover * (colour - picture)


def dark(picture, random):
    """Near-black over whatever was there, bright sky too: the sum of floats loses bits there."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    inside = np.hypot((x - 300) / 80, (y - 120) / 70)[..., None] < 1
    return np.where(inside, random.uniform(0.0005, 0.01, picture.shape), picture)


def grade(picture, _random):
    return picture * np.array([1.021, 0.993, 1.043])


EDITS = [dust, clone, wire, grain, dark, grade]


# --- every pair of values that arithmetic is bad at ----------------------------------------------


def specials(material, kind, folder):
    """Background and painted plate with every pair of special values, and random bits beside them."""
    whole = np.uint16 if kind == np.float16 else np.uint32
    facts = np.finfo(kind)
    one, inf = (np.array(value, kind).view(whole) for value in (1, np.inf))
    positive = [0, 1, 2, facts.smallest_normal.view(whole) - 1, facts.smallest_normal.view(whole)]
    positive += [one - 1, one, one + 1, inf - 1, inf, inf + 1, inf + facts.nmant * 7, 2 * inf - inf // 3]
    top = 1 << (facts.bits - 1)
    values = np.array([int(p) | sign for sign in (0, top) for p in positive], np.uint64).astype(whole)
    below, above = (grid.ravel() for grid in np.meshgrid(values, values))
    random = np.random.default_rng(7)
    noise = random.integers(0, 2 * top, (2, 300_000 - below.size), np.uint64).astype(whole)
    plates = []
    for special, bits in zip((below, above), noise):
        samples = np.concatenate([special, bits]).view(kind).reshape(250, 400, 3)
        plates.append([Part(_rgb(samples))])
    return material.write(plates, folder)
