#!/usr/bin/env bash
# Whether the emulator is where the variable says, and hands out an address that leads back from here.
set -euo pipefail
node --input-type=module <<'JS'
const kvs = process.env.AWS_ENDPOINT_URL_KINESIS_VIDEO;
const ask = async (path, body) => {
  const answer = await fetch(kvs + path, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
await ask('/createStream', { StreamName: 'door' });
const { DataEndpoint } = await ask('/getDataEndpoint', { StreamName: 'door', APIName: 'PUT_MEDIA' });
if (DataEndpoint !== kvs) throw new Error(`${DataEndpoint} is not ${kvs}`);
console.log(`The stream door is there, and media go to ${DataEndpoint}`);
JS
