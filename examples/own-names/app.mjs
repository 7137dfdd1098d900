// Dials AWS, as far as it knows.
const aws = 'https://kinesisvideo.us-west-2.amazonaws.com';

async function ask(path, body) {
  const answer = await fetch(aws + path, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
await ask('/createStream', { StreamName: 'door', DataRetentionInHours: 24 });
const { DataEndpoint } = await ask('/getDataEndpoint', { StreamName: 'door', APIName: 'GET_MEDIA' });
console.log('media come from', DataEndpoint);
if (DataEndpoint !== aws) process.exitCode = 1;
