#!/usr/bin/env bash
# clip.sh STREAM RECORDING CLIP: makes the stream, sends the recording, fetches an MP4 of it.
set -euo pipefail
stream=$1 recording=$2 clip=$3

aws kinesisvideo create-stream --stream-name "$stream" --data-retention-in-hours 24
npx kvs-emulator put "$stream" "$recording" # the CLI has no PutMedia; this speaks to AWS, too
endpoint_of() { aws kinesisvideo get-data-endpoint --stream-name "$stream" --api-name "$1" --query DataEndpoint --output text; }


range() { echo "TimestampRange={StartTimestamp=$(date -u +%FT%TZ -d '-1 minute'),EndTimestamp=$(date -u +%FT%TZ -d '+1 minute')}"; }
aws kinesis-video-archived-media list-fragments --endpoint-url "$(endpoint_of LIST_FRAGMENTS)" --stream-name "$stream" \
  --fragment-selector "FragmentSelectorType=PRODUCER_TIMESTAMP,$(range)"
aws kinesis-video-archived-media get-clip --endpoint-url "$(endpoint_of GET_CLIP)" --stream-name "$stream" "$clip" \
  --clip-fragment-selector "FragmentSelectorType=PRODUCER_TIMESTAMP,$(range)"
