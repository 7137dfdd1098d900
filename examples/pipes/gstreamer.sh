#!/usr/bin/env bash
# gstreamer.sh STREAM SECONDS: a test picture, two seconds in a fragment. is-live=true makes it a live camera.
set -euo pipefail
gst-launch-1.0 -q videotestsrc num-buffers=$(($2 * 25)) ! video/x-raw,width=320,height=180,framerate=25/1 \
  ! x264enc tune=zerolatency key-int-max=50 ! h264parse ! matroskamux streamable=true ! fdsink fd=1 |
  npx kvs-emulator put "$1" -
