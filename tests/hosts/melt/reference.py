"""The embedded host's pictures, by `deltaplate render`."""

import json
import subprocess

import images


class Failure(Exception):
    """The embedded host did not render."""


def render(program, bundle, folder, case, sources, files):
    """Renders a case's frames with the node in the embedded host.

    `sources` are the frames that the plug-in gets, as floats at the case's scale; `files` are the
    values of its file parameters. Returns the node's floats.
    """
    width, height = case.size
    for time, floats in enumerate(sources):
        if case.scale != 1:
            # The embedded host takes its proxies from full pictures.
            floats = images.doubled(width // 2, floats)
        images.write_exr(folder / f"source.{time:04}.exr", width, height, floats)
    graph = {
        "project": {"extent": [0, 0, width, height], "frameRate": 24, "frames": [0, case.frames - 1]},
        "readers": [{"id": "source", "file": str(folder / "source.####.exr")}],
        "nodes": [
            {
                "id": "node",
                "plugin": case.plugin,
                "context": "Filter",
                "inputs": {"Source": "source"},
                "params": {name: _param(value) for name, value in case.params.items()} | files,
            }
        ],
        "writers": [{"id": "out", "input": "node", "file": str(folder / "out.####.exr")}],
    }
    path = folder / "graph.json"
    path.write_text(json.dumps(graph, indent=1), encoding="utf-8")
    command = [program, "render", str(path), "--plugin-path", str(bundle), "--scale", str(case.scale)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    frames = []
    for time in range(case.frames):
        *size, floats = images.read_exr(folder / f"out.{time:04}.exr")
        if size != [int(width * case.scale), int(height * case.scale)]:
            raise Failure(f"the embedded host's frame has {size} pixels")
        frames.append(floats)
    return frames


def _param(value):
    return {"keys": value} if isinstance(value, list) else value
