#!/usr/bin/env bash
# run.sh PROGRAM...: runs it beside both emulators.
set -euo pipefail
moto=http://127.0.0.1:${MOTO_PORT:-5555}
trap 'kill $(jobs -p) && wait' EXIT # not by npx: it would end before what it started

rm -f ready.json
.venv/bin/moto_server -p "${moto##*:}" 2>moto.log &
node_modules/.bin/kvs-emulator start --port 0 --ready-file ready.json --account 123456789012 --sns "$moto" --s3 "$moto" >kvs.log &
until [ -e ready.json ] && curl -fsS "$moto/moto-api/data.json" >/dev/null 2>&1; do sleep 0.1; done
kvs=$(node -p 'require("./ready.json").url')

export AWS_ENDPOINT_URL=$moto # everything
export AWS_ENDPOINT_URL_KINESIS_VIDEO=$kvs AWS_ENDPOINT_URL_KINESIS_VIDEO_MEDIA=$kvs # but these
export AWS_ENDPOINT_URL_KINESIS_VIDEO_ARCHIVED_MEDIA=$kvs AWS_ENDPOINT_URL_KINESIS_VIDEO_SIGNALING=$kvs
export AWS_ENDPOINT_URL_KINESIS_VIDEO_WEBRTC_STORAGE=$kvs
export AWS_ENDPOINT_URL_STS=$kvs # if roles are to be those that the emulator verifies; else leave it to the other
export KVS_ENDPOINT=$kvs # what its own commands go by
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
"$@"
