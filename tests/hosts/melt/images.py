"""Pictures: sample codes, floats, and the files that carry them.

A picture is a flat array of RGBA samples, the top row first.
"""

import array
import struct
import sys
import zlib

# The files here are big-endian (PNG) and little-endian (EXR, raw video).
LITTLE = sys.byteorder == "little"
# An EXR's list of float channels, by name.
CHANNELS = b"".join(name + b"\0" + struct.pack("<iB3xii", 2, 0, 1, 1) for name in (b"A", b"B", b"G", b"R")) + b"\0"


def _little(samples):
    if not LITTLE:
        samples = array.array(samples.typecode, samples)
        samples.byteswap()
    return samples.tobytes()


def from_little(typecode, data):
    """An array from little-endian bytes."""
    samples = array.array(typecode, data)
    if not LITTLE:
        samples.byteswap()
    return samples


def write_png(path, width, height, bits, codes):
    """Writes RGBA codes of 8 or 16 bits."""
    samples = array.array("B" if bits == 8 else "H", codes)
    if bits == 16 and LITTLE:
        samples.byteswap()
    data = samples.tobytes()
    row = width * bits // 2
    rows = b"".join(b"\0" + data[y * row : (y + 1) * row] for y in range(height))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, bits, 6, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header))
        file.write(chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))


def _attribute(name, kind, value):
    return name + b"\0" + kind + b"\0" + struct.pack("<i", len(value)) + value


def write_exr(path, width, height, floats):
    """Writes RGBA floats, uncompressed."""
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    header = b"".join(
        (
            struct.pack("<ii", 20000630, 2),
            _attribute(b"channels", b"chlist", CHANNELS),
            _attribute(b"compression", b"compression", b"\0"),
            _attribute(b"dataWindow", b"box2i", window),
            _attribute(b"displayWindow", b"box2i", window),
            _attribute(b"lineOrder", b"lineOrder", b"\0"),
            _attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1)),
            _attribute(b"screenWindowCenter", b"v2f", struct.pack("<2f", 0, 0)),
            _attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1)),
            b"\0",
        )
    )
    block = 8 + 16 * width
    first = len(header) + 8 * height
    with open(path, "wb") as file:
        file.write(header + struct.pack(f"<{height}Q", *(first + y * block for y in range(height))))
        for y in range(height):
            row = floats[4 * width * y : 4 * width * (y + 1)]
            file.write(struct.pack("<ii", y, 16 * width))
            for channel in (3, 2, 1, 0):
                file.write(_little(row[channel::4]))


def read_exr(path):
    """Reads uncompressed float RGBA: (width, height, floats) of the display window.

    Samples outside the data window are 0.
    """
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != struct.pack("<ii", 20000630, 2):
        raise ValueError(f"{path}: not an EXR of scanlines")
    at, about = 8, {}
    while data[at]:
        name, kind, _ = data[at : at + 512].split(b"\0", 2)
        at += len(name) + len(kind) + 2
        (size,) = struct.unpack_from("<i", data, at)
        about[name] = data[at + 4 : at + 4 + size]
        at += 4 + size
    if about[b"channels"] != CHANNELS or about[b"compression"] != b"\0":
        raise ValueError(f"{path}: not uncompressed float RGBA")
    x0, y0, x1, y1 = struct.unpack("<4i", about[b"dataWindow"])
    left, top, right, bottom = struct.unpack("<4i", about[b"displayWindow"])
    width, height, wide = right - left + 1, bottom - top + 1, x1 - x0 + 1
    floats = array.array("f", bytes(16 * width * height))
    for offset in struct.unpack_from(f"<{y1 - y0 + 1}Q", data, at + 1):
        y, size = struct.unpack_from("<ii", data, offset)
        if not top <= y <= bottom:
            continue
        row = from_little("f", data[offset + 8 : offset + 8 + size])
        for index, channel in enumerate((3, 2, 1, 0)):
            for x in range(max(x0, left), min(x1, right) + 1):
                floats[4 * ((y - top) * width + x - left) + channel] = row[index * wide + x - x0]
    return width, height, floats


def floats_of(codes):
    """What MLT hands to a plug-in for 16-bit codes: the code times the float nearest to 1/65535."""
    (step,) = struct.unpack("f", struct.pack("f", 1 / 65535))
    # The product is exact in double; the array rounds it to float as the host's does.
    return array.array("f", (code * step for code in codes))


def codes_of(floats):
    """What MLT makes of a plug-in's floats: clamped, NaN is 0, times 65535 plus a half, truncated,
    all in float."""
    clamped = (0.0 if not v >= 0 else 1.0 if v > 1 else v for v in floats)
    scaled = array.array("f", (v * 65535.0 for v in clamped))
    return array.array("H", (int(v) for v in array.array("f", (v + 0.5 for v in scaled))))


def flipped(width, samples):
    """The rows in the opposite order."""
    row = 4 * width
    upside_down = array.array(samples.typecode)
    for start in range(len(samples) - row, -1, -row):
        upside_down.extend(samples[start : start + row])
    return upside_down


def doubled(width, samples):
    """Each pixel four times: halved again, by whatever filter, it is the same picture."""
    twice = array.array(samples.typecode)
    for start in range(0, len(samples), 4 * width):
        row = array.array(samples.typecode)
        for x in range(start, start + 4 * width, 4):
            row.extend(samples[x : x + 4])
            row.extend(samples[x : x + 4])
        twice.extend(row)
        twice.extend(row)
    return twice
