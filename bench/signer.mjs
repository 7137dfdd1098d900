import { createHash, createHmac } from 'node:crypto';

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * A framed POST as the SDK for JavaScript signs it: ten headers, the hash of the body among them. Good for five minutes,
 * by the key and secret that an emulator knows when it is told nothing.
 */
export function signedRequest({ port }, path, input) {
  const body = JSON.stringify(input);
  const date = new Date().toISOString().replace(/-|:|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/us-east-1/kinesisvideo/aws4_request`;
  const headers = {
    'amz-sdk-invocation-id': '4f2cf0bb-2d85-46c9-9a7e-7198d36d8e2d',
    'amz-sdk-request': 'attempt=1; max=3',
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/json',
    host: `localhost:${port}`,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': date,
    'x-amz-security-token': 'IQoJb3JpZ2luX2Vj'.repeat(20),
    'x-amz-user-agent': 'aws-sdk-js/3.1115.0',
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = ['POST', path, '', lines, names.join(';'), sha256(body)].join('\n');
  let key = 'AWS4test';
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const head = Object.entries({ ...headers, authorization }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head.join('')}\r\n${body}`);
}
