#!/bin/sh
# Splits a shot into chunks of frames and prints a command for each, one a line, for any queue:
#
#   chunks.sh FIRST LAST SIZE COMMAND...
#
#   chunks.sh 1001 1100 20 deltaplate min bg.####.exr painted.####.exr -o difference.####.exr
#
# A chunk that was killed or lost its machine is simply run again: no frame is ever half written, and
# --skip-existing does only what is missing. --keep-going does every frame that can be done; the exit
# code is that of the worst frame. On one machine: chunks.sh ... | sh
set -eu
[ $# -ge 4 ] || { sed -n '4,6p' "$0" >&2; exit 2; }
first=$1 last=$2 size=$3
shift 3
[ "$size" -ge 1 ] || { echo "SIZE: at least 1" >&2; exit 2; }
# Each word in quotes, so that a path may hold anything.
command=
for word; do
    command="$command '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"
done
while [ "$first" -le "$last" ]; do
    end=$((first + size - 1))
    [ "$end" -le "$last" ] || end=$last
    echo "${command# } --frames=$first-$end --skip-existing --keep-going"
    first=$((end + 1))
done
