"""What is rendered: the pictures, and the table of cases."""

import array
import dataclasses
import random

import images


@dataclasses.dataclass(frozen=True)
class Case:
    """One node in one setting. A parameter's value is a list of [frame, value] where it is keyed,
    a tuple where it has several components;
    `files` names the picture file of each file parameter."""

    name: str
    node: str
    params: dict = dataclasses.field(default_factory=dict)
    files: dict = dataclasses.field(default_factory=dict)
    bits: int = 16
    scale: float = 1
    frames: int = 1
    threads: int = 1
    top_left: bool = False
    size: tuple = (96, 64)
    # Whether the picture is the source's own.
    unchanged: bool = False

    @property
    def plugin(self):
        """The node's id."""
        return f"org.deltaplate.{self.node}"

    @property
    def sources(self):
        """The picture file of each frame."""
        return tuple(f"source{self.bits}.{self.size[0]}.{number % FRAMES}.png" for number in range(self.frames))


SMALL, LARGE = (96, 64), (640, 360)
FRAMES = 9
KEYED = [[0, 0], [8, 1]]
PLATE, PLATE8, PLATES = {"plate": "plate.png"}, {"plate": "plate8.png"}, {"plate": "plate.####.exr"}
SUM = {"difference": "difference.exr"}
EXACT = SUM | {"residual": "residual.exr"}
SEQUENCE = {"difference": "difference.####.exr"}
HEAT = {"output": "Heat Map", "heatRange": [[0, 0.125], [8, 1]]}
DENSER = [[0, 0.2], [8, 0.7]]
PARALLEL = {"frames": FRAMES, "threads": 4}
HALF = {"scale": 0.5}
EIGHT = {"bits": 8}


def table():
    """All cases."""
    return [
        Case("min 16 bit", "min", files=PLATE),
        Case("min 8 bit", "min", files=PLATE8, **EIGHT),
        Case("min half scale", "min", files=PLATE, **HALF),
        Case("min 8 bit half scale", "min", files=PLATE8, **EIGHT, **HALF),
        Case("min offset view", "min", {"view": "Offset", "viewGain": 0.25}, PLATE),
        Case("min offset view 8 bit", "min", {"view": "Offset"}, PLATE8, **EIGHT),
        Case("min signed colours", "min", {"view": "Signed Colours", "viewGain": 4.0}, PLATE),
        Case("min residual", "min", {"output": "Residual", "processA": True}, PLATE),
        Case("min green only", "min", {"processR": False, "processB": False}, PLATE),
        Case("min small plate", "min", {"view": "Offset"}, {"plate": "small.exr"}),
        Case("min small plate half scale", "min", {"view": "Offset", "bbox": "A"}, {"plate": "small.exr"}, **HALF),
        Case("min intersection", "min", {"view": "Offset", "bbox": "Intersection"}, {"plate": "small.exr"}),
        Case("min keyed", "min", {"mix": KEYED}, PLATES, frames=FRAMES),
        Case("min keyed parallel", "min", {"mix": KEYED, "view": "Absolute"}, PLATES, **PARALLEL),
        Case("min keyed parallel 8 bit", "min", {"mix": KEYED}, PLATE8, **EIGHT, **PARALLEL),
        Case("min many parallel", "min", {"mix": KEYED, "view": "Offset"}, PLATE, frames=72, threads=4),
        Case("min top-left origin", "min", files=PLATE, top_left=True),
        Case("min large", "min", {"view": "Offset"}, {"plate": "large.png"}, size=LARGE),
        Case("plus 16 bit", "plus", files=SUM),
        Case("plus 8 bit", "plus", files=SUM, **EIGHT),
        Case("plus half scale", "plus", files=SUM, **HALF),
        Case("plus residual", "plus", files=EXACT),
        Case("plus no files", "plus", unchanged=True),
        Case("plus no files half scale", "plus", unchanged=True, **HALF),
        Case("plus keyed", "plus", {"mix": KEYED}, SUM, frames=FRAMES),
        Case("plus keyed parallel", "plus", {"mix": KEYED}, SEQUENCE, **PARALLEL),
        Case("plus keyed parallel half scale", "plus", {"mix": KEYED}, SEQUENCE, **PARALLEL, **HALF),
        Case("plus top-left origin", "plus", files=SUM, top_left=True),
        Case("compare candidate", "compare", files=PLATE, unchanged=True),
        Case("compare absolute difference", "compare", {"output": "Absolute Difference"}, PLATE),
        Case("compare absolute difference 8 bit", "compare", {"output": "Absolute Difference"}, PLATE8, **EIGHT),
        Case("compare heat map", "compare", {"output": "Heat Map", "heatRange": 0.5}, PLATE),
        Case("compare heat map half scale", "compare", {"output": "Heat Map"}, PLATE, **HALF),
        Case("compare mismatch", "compare", {"output": "Mismatch Mask"}, PLATE),
        Case("compare mismatch tolerance", "compare", {"output": "Mismatch Mask", "absolute": 0.2}, PLATE),
        Case("compare wipe", "compare", {"output": "Wipe", "wipe": 0.25}, PLATE),
        Case("compare keyed wipe parallel", "compare", {"output": "Wipe", "wipe": KEYED}, PLATES, **PARALLEL),
        Case("compare keyed heat map parallel", "compare", HEAT, PLATES, **PARALLEL),
        Case("overlayextract 16 bit", "overlayextract", files=PLATE),
        Case("overlayextract 8 bit", "overlayextract", files=PLATE8, **EIGHT),
        Case("overlayextract half scale", "overlayextract", files=PLATE, **HALF),
        Case("overlayextract straight", "overlayextract", {"output": "Straight"}, PLATE),
        Case("overlayextract matte", "overlayextract", {"output": "Matte", "opacityMode": "Smooth"}, PLATE),
        Case("overlayextract solid colour", "overlayextract", {"opacityMode": "Solid Colour"}, PLATE),
        Case("overlayextract recomposite", "overlayextract", {"output": "Recomposite", "opacity": 0.4}, PLATE),
        Case("overlayextract ghost map", "overlayextract", {"output": "Ghost Map", "blendSpace": "sRGB"}, PLATE),
        Case("overlayextract closed form", "overlayextract", {"method": "Closed Form"}, PLATE),
        Case("overlayextract seed", "overlayextract", {"method": "Seed", "iterations": 20}, PLATE),
        Case("overlayextract moved background", "overlayextract", {"backgroundOffset": (1.5, -0.5)}, PLATE),
        Case("overlayextract small plate", "overlayextract", {"output": "Recomposite"}, {"plate": "small.exr"}),
        Case("overlayextract keyed", "overlayextract", {"opacity": DENSER}, PLATES, frames=FRAMES),
        Case("overlayextract keyed parallel", "overlayextract", {"opacity": DENSER}, PLATES, **PARALLEL),
        Case("overlayextract keyed parallel 8 bit", "overlayextract", {"mix": KEYED}, PLATE8, **EIGHT, **PARALLEL),
        Case("overlayextract parallel half scale", "overlayextract", {"opacity": DENSER}, PLATES, **PARALLEL, **HALF),
        Case("overlayextract top-left origin", "overlayextract", files=PLATE, top_left=True),
        Case("overlayextract large", "overlayextract", files={"plate": "large.png"}, size=LARGE),
    ]


def paint(folder):
    """Makes the pictures of all cases in the folder."""
    for size in (SMALL, LARGE):
        for time in range(FRAMES if size == SMALL else 1):
            codes = _painted(size, time)
            images.write_png(folder / f"source16.{size[0]}.{time}.png", *size, 16, codes)
            images.write_png(folder / f"source8.{size[0]}.{time}.png", *size, 8, _eight(codes))
    plate = _plate(SMALL, 0)
    images.write_png(folder / "plate.png", *SMALL, 16, plate)
    images.write_png(folder / "plate8.png", *SMALL, 8, _eight(plate))
    images.write_png(folder / "large.png", *LARGE, 16, _plate(LARGE, 0))
    small = (37, 23)
    images.write_exr(folder / "small.exr", *small, images.floats_of(_plate(small, 0)))
    random_ = random.Random(5)
    for time in range(FRAMES):
        images.write_exr(folder / f"plate.{time:04}.exr", *SMALL, images.floats_of(_plate(SMALL, time)))
        difference = _floats(random_, SMALL, 0.5)
        images.write_exr(folder / f"difference.{time:04}.exr", *SMALL, difference)
    images.write_exr(folder / "difference.exr", *SMALL, difference)
    images.write_exr(folder / "residual.exr", *SMALL, _floats(random_, SMALL, 1e-4))


def _painted(size, time):
    """A plate with a repaired spot and a line, and a soft edge in its alpha."""
    width, height = size
    codes = _plate(size, time)
    shade = random.Random(time)
    for y in range(height // 4, height // 2):
        for x in range(width // 3, width // 2):
            at = 4 * (y * width + x)
            codes[at : at + 3] = array.array("H", (shade.randrange(65536) for _ in range(3)))
    for x in range(width):
        at = 4 * (((x + time) * height // width) % height * width + x)
        codes[at : at + 4] = array.array("H", (60000, 3, 0, 65535 - 257 * (x % 256)))
    return codes


def _plate(size, time):
    """Gradients with grain."""
    width, height = size
    grain = random.Random(1000 + time)
    codes = array.array("H")
    for y in range(height):
        for x in range(width):
            r, g, b = x * 65535 // width, y * 65535 // height, (x * 7 + y * 11 + time * 13) * 101 % 65536
            for value in (r, g, b):
                codes.append(min(65535, max(0, value + grain.randrange(-900, 900))))
            codes.append(65535 - 255 * (y % 32))
    return codes


def _eight(codes):
    return array.array("B", (code >> 8 for code in codes))


def _floats(random_, size, most):
    """A signed picture, black in its left third."""
    width, height = size
    floats = array.array("f")
    for _ in range(height):
        for x in range(width):
            floats.extend(random_.uniform(-most, most) if 3 * x > width else 0.0 for _ in range(4))
    return floats
