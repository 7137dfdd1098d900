#!/usr/bin/env bash
# ffmpeg.sh STREAM SECONDS: a test picture with a tone, two seconds in a fragment. -re in front of -f makes it a live camera.
set -euo pipefail
ffmpeg -loglevel error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440 -t "$2" \
  -c:v libx264 -pix_fmt yuv420p -bf 0 -g 50 -c:a aac -cluster_time_limit 10000 -cluster_size_limit 10M \
  -f matroska - | npx kvs-emulator put "$1" -
