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
    graph = folder / "graph.json"
    graph.write_text(json.dumps(_graph(case, files)), encoding="utf-8")
    rendered = []
    for time, floats in enumerate(sources):
        if case.scale != 1:
            # The embedded host makes its proxies from full pictures.
            floats = images.doubled(width // 2, floats)
        images.write_exr(folder / "source.exr", width, height, floats)
        command = [program, "render", graph, "--plugin-path", bundle, "--scale", str(case.scale), "--frame", str(time)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        *size, floats = images.read_exr(folder / "out.exr")
        if size != [int(width * case.scale), int(height * case.scale)]:
            raise Failure(f"the embedded host's frame has {size} pixels")
        rendered.append(floats)
    return rendered


def _graph(case, files):
    params = {name: {"keys": value} if isinstance(value, list) else value for name, value in case.params.items()}
    node = {
        "id": "node",
        "plugin": case.plugin,
        "context": "Filter",
        "inputs": {"Source": "source"},
        "params": params | files,
    }
    return {
        "project": {"extent": [0, 0, *case.size], "frameRate": 24, "frames": [0, case.frames - 1]},
        "readers": [{"id": "source", "file": "source.exr"}],
        "nodes": [node],
        "writers": [{"id": "out", "input": "node", "file": "out.exr", "type": "float", "codec": "none"}],
    }
