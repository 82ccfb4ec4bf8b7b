#!/bin/sh
# Runs both templates on this machine, on six frames of the example plates, and checks that every
# painted frame came back byte for byte. Wants `deltaplate` and `openjd` (pip install openjd-cli) on
# the PATH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for frame in 1001 1002 1003 1004 1005 1006; do
    cp "$here/../plates/background.exr" "$work/bg.$frame.exr"
    cp "$here/../plates/painted.exr" "$work/painted.$frame.exr"
done
openjd run "$here/min.yaml" -p Background="$work/bg.####.exr" -p Painted="$work/painted.####.exr" \
    -p Difference="$work/sent/difference.####.exr" -p Frames=1001-1006 -p FramesPerTask=4
openjd run "$here/plus.yaml" -p Background="$work/bg.####.exr" \
    -p Difference="$work/sent/difference.####.exr" -p Output="$work/back/painted.####.exr" \
    -p Frames=1001-1006 -p FramesPerTask=4
deltaplate compare "$work/painted.####.exr" "$work/back/painted.####.exr" --frames 1001-1006
for frame in 1001 1002 1003 1004 1005 1006; do
    cmp "$work/painted.$frame.exr" "$work/back/painted.$frame.exr"
done
echo "All frames came back byte for byte."
