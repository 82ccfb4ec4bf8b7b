"""melt in its root: renders pictures, with a node of the bundle as a filter."""

import pathlib
import shutil
import subprocess
import tempfile

import images

# Without a description melt crashes.
PROFILE = """description=test
frame_rate_num=24
frame_rate_den=1
width={width}
height={height}
progressive=1
sample_aspect_num=1
sample_aspect_den=1
display_aspect_num={width}
display_aspect_den={height}
colorspace=709
"""
# Seconds for one call; most take a quarter of one.
PATIENCE = 120
# With parallel frames melt now and then ends before its first frame, also without any filter.
TRIES = 5


class Failure(Exception):
    """melt did not do what it was told."""


class Melt:
    """A work folder in the root, with the bundle in it; gone at the end of the `with` block."""

    def __init__(self, root, bundle):
        self.root = root
        self.bundle = bundle

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deltaplate-", dir=self.root / "tmp"))
        shutil.copytree(self.bundle, self.folder / "ofx" / self.bundle.name)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def path(self, name):
        """A file of the work folder, as this script sees it."""
        return self.folder / name

    def inside(self, name):
        """The same file, as melt sees it."""
        return str(pathlib.Path("/") / self.folder.relative_to(self.root) / name)

    def call(self, *arguments):
        """Runs melt and returns what it printed on (stdout, stderr)."""
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": "/tmp",
            "LC_ALL": "C.UTF-8",
            "OFX_PLUGIN_PATH": self.inside("ofx"),
            # Without a screen that module takes the program down.
            "MLT_REPOSITORY_DENY": "libmltqt6",
        }
        settings = [f"{name}={value}" for name, value in environment.items()]
        command = ["chroot", str(self.root), "env", "-i", *settings, "melt", *arguments]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False, cwd="/")
        except subprocess.TimeoutExpired as late:
            raise Failure(f"melt did not end within {PATIENCE} s: {' '.join(arguments)}") from late
        stdout, stderr = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        if done.returncode:
            raise Failure(f"melt ended with {done.returncode}: {' '.join(arguments)}\n{stderr[-2000:]}")
        return stdout, stderr

    def version(self):
        """As melt says it."""
        return self.call("-version")[0].splitlines()[0]

    def render(self, sources, size, bits, effect=(), scale=1, threads=1):
        """Renders one frame of each source, a picture file in the work folder.

        `effect` is the filter and its properties, `bits` what the frames are asked for in. Returns
        the frames' codes and what melt printed on stderr.
        """
        width, height = size
        self.path("profile").write_text(PROFILE.format(width=width, height=height), encoding="ascii")
        raw = self.path("frames.raw")
        raw.unlink(missing_ok=True)
        # A sequence of one producer comes out of order when frames are rendered in parallel.
        tracks = [word for source in sources for word in (f"avformat:{self.inside(source)}", "out=0")]
        pixels, asked = ("rgba", "rgba") if bits == 8 else ("rgba64le", "rgba64")
        consumer = [f"avformat:{self.inside(raw.name)}", "f=rawvideo", "vcodec=rawvideo", f"pix_fmt={pixels}"]
        consumer += [f"mlt_image_format={asked}", f"real_time=-{threads}", f"scale={scale}", "an=1"]
        applied = ["-filter", *effect] if effect else []
        command = ["-silent", "-profile", self.inside("profile"), *tracks, *applied, "-consumer", *consumer]
        samples = 4 * int(width * scale) * int(height * scale)
        expected = samples * len(sources) * bits // 8
        written = 0
        for _ in range(TRIES):
            _, talk = self.call(*command)
            written = raw.stat().st_size if raw.exists() else 0
            if written:
                break
        if written != expected:
            raise Failure(f"melt wrote {written} bytes of frames, not {expected}\n{talk[-2000:]}")
        codes = images.from_little("B" if bits == 8 else "H", raw.read_bytes())
        return [codes[i : i + samples] for i in range(0, len(codes), samples)], talk
