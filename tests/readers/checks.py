"""What independent readers (OpenEXR, OpenImageIO) make of the files of a transfer."""

import hashlib
import struct

import numpy as np
import OpenEXR
import OpenImageIO as oiio

TYPES = {"float16": "half", "float32": "float", "uint32": "uint", "uint8": "uint8", "uint16": "uint16"}


class Wrong(Exception):
    """What a check found."""


def expect(what, found, wanted):
    if found != wanted:
        raise Wrong(f"{what}: {found}, not {wanted}")


# --- files as the readers see them ---------------------------------------------------------------


def exr(path):
    """The parts of an EXR as OpenEXR reads them, by name."""
    return {part.name() or "": part for part in OpenEXR.File(str(path), separate_channels=True).parts}


def window(header, which):
    """[x, y, width, height], as `info` prints a window."""
    low, high = (np.asarray(corner).astype(int) for corner in header[which])
    return [*low.tolist(), *(high - low + 1).tolist()]


def codes(path):
    """The codes of a file without parts, (height, width, channels), and its description, by OpenImageIO."""
    file = oiio.ImageInput.open(str(path))
    if not file:
        raise Wrong(f"OpenImageIO cannot read {path}: {oiio.geterror()}")
    spec = file.spec()
    return file.read_image(spec.format), spec


def bits(samples):
    """Samples as integers: NaN and -0 count."""
    return np.ascontiguousarray(samples).view(f"u{samples.dtype.itemsize}")


# --- `info` --------------------------------------------------------------------------------------


def info_is_right(path, info):
    """Windows, channels, types and codecs are as both readers say."""
    if path.suffix == ".exr":
        _exr_info(path, info["parts"])
    else:
        _codes_info(path, info["parts"])


def _exr_info(path, said):
    parts = exr(path)
    expect(f"{path.name}: parts", [part["name"] or "" for part in said], list(parts))
    for number, (told, (name, part)) in enumerate(zip(said, parts.items())):
        where = f"{path.name} {name}"
        for key, attribute in (("displayWindow", "displayWindow"), ("dataWindow", "dataWindow")):
            expect(f"{where}: {key}", told[key], window(part.header, attribute))
        channels = {channel: TYPES[str(c.pixels.dtype)] for channel, c in part.channels.items()}
        expect(f"{where}: channels", {c: kind for c, kind in told["channels"]}, channels)
        codec = str(part.compression()).rsplit(".", 1)[-1].removesuffix("_COMPRESSION").lower()
        expect(f"{where}: codec", told["codec"], {"no": "none"}.get(codec, codec))
        file = oiio.ImageInput.open(str(path))
        if not file.seek_subimage(number, 0):
            raise Wrong(f"{where}: OpenImageIO finds no such part")
        spec = file.spec()
        expect(f"{where}: OpenImageIO's data", told["dataWindow"], [spec.x, spec.y, spec.width, spec.height])
        full = [spec.full_x, spec.full_y, spec.full_width, spec.full_height]
        expect(f"{where}: OpenImageIO's display", told["displayWindow"], full)
        expect(f"{where}: OpenImageIO's channels", sorted(spec.channelnames), sorted(channels))
        for at, channel in enumerate(spec.channelnames):
            samples = part.channels[channel].pixels
            # It gives integers as fractions.
            if samples.dtype != np.uint32:
                read = file.read_image(number, 0, at, at + 1, "float")[..., 0]
                if not np.array_equal(read, samples.astype(np.float32), equal_nan=True):
                    raise Wrong(f"{where} {channel}: OpenImageIO and OpenEXR read other samples")


def _codes_info(path, said):
    _, spec = codes(path)
    (told,) = said
    expect(f"{path.name}: data", told["dataWindow"], [spec.x, spec.y, spec.width, spec.height])
    kind = f"uint{spec.get_int_attribute('oiio:BitsPerSample', spec.format.basesize() * 8)}"
    expect(f"{path.name}: channels", told["channels"], [[name, kind] for name in spec.channelnames])


# --- the restored plate --------------------------------------------------------------------------


def restored_is_painted(restored, painted):
    """Every sample has its bits, every attribute its value, in the readers' eyes."""
    if painted.suffix == ".exr":
        found, wanted = exr(restored), exr(painted)
        expect(f"{restored.name}: parts", list(found), list(wanted))
        for name, part in wanted.items():
            expect(f"{restored.name} {name}: channels", sorted(found[name].channels), sorted(part.channels))
            for channel, samples in part.channels.items():
                _equal(f"{restored.name} {name} {channel}", found[name].channels[channel].pixels, samples.pixels)
            told, asked = (_plain_header(part.header) for part in (found[name], part))
            expect(f"{restored.name} {name}: attributes", told, asked)
        return
    (found, told), (wanted, asked) = codes(restored), codes(painted)
    _equal(restored.name, found, wanted)
    attributes = [{a.name: a.value for a in spec.extra_attribs if "RowsPer" not in a.name} for spec in (told, asked)]
    expect(f"{restored.name}: attributes", *map(repr, attributes))
    if painted.suffix == ".dpx" and restored.read_bytes() != painted.read_bytes():
        raise Wrong(f"{restored.name}: not byte for byte {painted.name}")


def _plain_header(header):
    """Attributes that can be compared; channels are by themselves."""
    # A file of several parts counts its chunks, one of a single part need not.
    left_out = ("channels", "chunkCount")
    return {name: _plain(value) for name, value in sorted(header.items()) if name not in left_out}


def _plain(value):
    if isinstance(value, OpenEXR.TileDescription):
        return value.xSize, value.ySize, str(value.mode), str(value.roundingMode)
    return repr(value)


def _equal(what, found, wanted):
    if found.shape != wanted.shape or found.dtype != wanted.dtype:
        raise Wrong(f"{what}: {found.shape} {found.dtype}, not {wanted.shape} {wanted.dtype}")
    off = np.argwhere(bits(found) != bits(wanted))
    if len(off):
        raise Wrong(f"{what}: {len(off)} samples differ, the first at {off[0].tolist()} (row, column)")


# --- the hashes ----------------------------------------------------------------------------------


def hashes_are_right(told, background, painted, bits_of_code):
    """The hashes that `min` reports are those that docs/transfer.md defines."""
    expect("hash of the background", told["backgroundHash"], _hash(background, bits_of_code, _as_floats))
    expect("hash of the painted plate", told["paintedHash"], _hash(painted, bits_of_code, _as_they_are))


def _hash(path, bits_of_code, stored):
    plate = _plate(path, bits_of_code)
    frame = Frame(list(plate.values()))
    order = sorted(plate.items(), key=lambda channel: channel[0].encode())
    planes = [(name.encode(), frame.lay(native, origin)) for name, (native, origin, _) in order]
    strips = {}
    for row in range(frame.shape[0]):
        filled = np.flatnonzero(np.logical_or.reduce([bits(plane[row]) != 0 for _, plane in planes]))
        if len(filled):
            y, (x0, x1) = frame.y + row, (filled[0], filled[-1] + 1)
            strip = strips.setdefault(y // 16, hashlib.sha256())
            strip.update(struct.pack("<3i", y, frame.x + x0, frame.x + x1))
            for name, plane in planes:
                kind, samples = stored(plane[row, x0:x1], bits_of_code)
                strip.update(name + bytes([0, kind]) + samples.tobytes())
    plate_hash = hashlib.sha256(struct.pack("<4i", *_display(path)))
    for strip in strips.values():
        plate_hash.update(strip.digest())
    return plate_hash.hexdigest()


def _as_they_are(samples, bits_of_code):
    """The number of their type, and the samples."""
    kinds = {np.float16: 3, np.float32: 4, np.uint32: 7}
    return {8: 1, 10: 5, 12: 6, 16: 2}.get(bits_of_code) or kinds[samples.dtype.type], samples


def _as_floats(samples, bits_of_code):
    """The same of their floats, in halves where all of them can be."""
    if samples.dtype in (np.float16, np.uint32):
        return _as_they_are(samples, 0)
    if bits_of_code:
        samples = samples.astype(np.float32) / np.float32(2**bits_of_code - 1)
    wide, is_nan = bits(samples), np.isnan(samples)
    with np.errstate(over="ignore", invalid="ignore"):
        halves = bits(samples.astype(np.float16))
    # Whatever the processor makes of a NaN: a half has the upper ten bits of its payload.
    halves[is_nan] = (wide >> 16 & 0x8000 | 0x7C00 | wide >> 13 & 0x3FF)[is_nan]
    back = bits(halves.view(np.float16).astype(np.float32))
    fits = np.where(is_nan, wide & 0x1FFF == 0, back == wide).all()
    return (3, halves) if fits else (4, samples)


def _display(path):
    """x0, y0, x1, y1; the upper bounds outside."""
    if path.suffix == ".exr":
        x, y, width, height = window(next(iter(exr(path).values())).header, "displayWindow")
        return x, y, x + width, y + height
    _, spec = codes(path)
    x, y = spec.full_x, spec.full_y
    return x, y, x + spec.full_width, y + spec.full_height


# --- the transfer, without Deltaplate ------------------------------------------------------------


def transfer_restores(difference, background, painted, bits_of_code):
    """Restores the plate from the files; gives how many changed samples two sums restored, and how many not.

    First by two stock additions in OpenImageIO, which must do for finite samples; what they leave, the part
    `replace` holds. `bits_of_code` is 0 for a plate of floats.
    """
    tiers = {name: _tier(part) for name, part in exr(difference).items()}
    expect("parts of other names", sorted(set(tiers) - {"difference", "residual", "replace"}), [])
    below, above = (_plate(path, bits_of_code) for path in (background, painted))
    frame = Frame([placed for plate in (below, above) for placed in plate.values()])
    summed = replaced = 0
    for name, (native, origin, _) in above.items():
        own = {tier: frame.lay(*found[name]) for tier, found in tiers.items() if name in found}
        mask = frame.lay(*tiers["replace"][f"mask.{name}"]) != 0 if "replace" in own else np.zeros(frame.shape, bool)
        wanted = frame.lay(native, origin)
        before, place, floats = below[name]
        before = frame.lay(before, place)
        result = before
        if wanted.dtype != np.uint32:
            stock = _round(_add(frame.lay(floats, place), own), wanted.dtype, bits_of_code)
            # Where a stock compositor has to be right by itself.
            due = np.isfinite(wanted) & np.isfinite(before) & ~_is_negative_zero(wanted)
            _equal(f"stock additions, {name}", np.where(due, stock, wanted), wanted)
            # A zero over a zero of the other sign adds nothing, so it is carried.
            if (mask & due & (wanted != before)).any():
                raise Wrong(f"{name}: samples are replaced that two additions restore")
            summed += int((due & (bits(wanted) != bits(before))).sum())
            # Where nothing is added the background passes, with all its bits.
            added = [own[tier] != 0 for tier in ("difference", "residual") if tier in own]
            result = np.where(np.logical_or.reduce([mask, *added]), stock, before)
        result = np.where(mask, own["replace"], result) if mask.any() else result
        _equal(f"all of the file, {name}", frame.cut(result, native, origin), native)
        replaced += int(mask.sum())
    return summed, replaced


class Frame:
    """A window around all others, in which samples are laid out; 0 where there are none."""

    def __init__(self, placed):
        """`placed`: tuples that begin with samples and the (x, y) of their upper left."""
        self.x, self.y = (min(origin[axis] for _, origin, *_ in placed) for axis in (0, 1))
        ends = [(y + samples.shape[0], x + samples.shape[1]) for samples, (x, y), *_ in placed]
        self.shape = max(y for y, _ in ends) - self.y, max(x for _, x in ends) - self.x

    def lay(self, samples, origin):
        laid = np.zeros(self.shape, samples.dtype)
        self.cut(laid, samples, origin)[...] = samples
        return laid

    def cut(self, laid, like, origin):
        x, y = origin[0] - self.x, origin[1] - self.y
        return laid[y : y + like.shape[0], x : x + like.shape[1]]


def _tier(part):
    x, y, *_ = window(part.header, "dataWindow")
    return {name: (channel.pixels, (x, y)) for name, channel in part.channels.items()}


def _plate(path, bits_of_code):
    """Each channel's native samples, where they lie, and as the floats that a compositor works on."""
    if not bits_of_code:
        plate = {}
        for number, (name, part) in enumerate(exr(path).items()):
            # Of further parts the channels have the part's name in front.
            layer = f"{name}." if number else ""
            for channel, (samples, origin) in _tier(part).items():
                plate[layer + channel] = samples, origin, samples.astype(np.float32)
        return plate
    native, spec = codes(path)
    # OpenImageIO gives codes of 10 and 12 bits as such of 16.
    native >>= native.itemsize * 8 - bits_of_code
    floats = oiio.ImageInput.open(str(path)).read_image("float")
    names = enumerate(spec.channelnames)
    return {name: (native[..., at], (spec.x, spec.y), floats[..., at]) for at, name in names}


def _is_negative_zero(samples):
    return (samples == 0) & (bits(samples) != 0)


def _add(floats, tiers):
    """Background + difference + residual by OpenImageIO."""
    total = _buffer(floats)
    for tier in ("difference", "residual"):
        if tier in tiers:
            total = oiio.ImageBufAlgo.add(total, _buffer(tiers[tier].astype(np.float32)))
            if total.has_error:
                raise Wrong(f"OpenImageIO cannot add: {total.geterror()}")
    return total.get_pixels("float")[..., 0]


def _buffer(plane):
    height, width = plane.shape
    buffer = oiio.ImageBuf(oiio.ImageSpec(width, height, 1, "float"))
    buffer.set_pixels(buffer.roi, np.ascontiguousarray(plane[..., None]))
    return buffer


def _round(floats, kind, bits_of_code):
    """As a writer does."""
    if bits_of_code:
        top = 2**bits_of_code - 1
        return np.rint(floats.clip(0, 1) * np.float32(top)).astype(kind)
    with np.errstate(over="ignore", invalid="ignore"):
        return floats.astype(kind)
