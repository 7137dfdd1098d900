// Whether other people's programs take the local CA, which may sign for little, and hold it to that.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { join } from 'node:path';
import { checkServerIdentity as checkIdentity, createServer, type PeerCertificate } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authorityCertificate, makeKeys, serverCertificate } from '../../src/http/certificates/certificate.ts';
import { constraintsFor } from '../../src/http/certificates/constraints.ts';
import { startEmulator } from '../support/emulator.ts';
import { describeWith, output, run, scratchFolder } from '../support/programs.ts';

const NAMES = [
  'localhost',
  '127.0.0.1',
  'camera.localhost',
  'kvs.default.svc.cluster.local',
  'host.docker.internal',
  'kinesisvideo.us-east-1.amazonaws.com',
  's-1a2b3c4d.kinesisvideo.eu-west-1.amazonaws.com',
  'kinesisvideo.cn-north-1.amazonaws.com.cn',
];
/** The CA may not sign for these; the server that is asked for them does not care. */
const FOREIGN = ['example.com', 's3.us-east-1.amazonaws.com', '203.0.113.9'];

const source = (name: string): string => fileURLToPath(new URL(`trust/${name}`, import.meta.url));

function caFile(pem: string): string {
  const file = join(scratchFolder(), 'ca.pem');
  writeFileSync(file, pem);
  return file;
}

async function emulator(): Promise<{ ca: string; port: string }> {
  const started = await startEmulator({ tlsNames: 'kvs.example.com' });
  return { ca: caFile(await started.ca()), port: String(started.port) };
}

/** What somebody could do who had the key of the CA. */
async function thief(): Promise<{ ca: string; port: string }> {
  const [keys, serverKeys] = [await makeKeys(), await makeKeys()];
  const validity = { from: Date.now() - 1000, until: Date.now() + 3_600_000 };
  const wanted = { commonName: 'stolen CA', serialNumber: '01', ...validity };
  const ca = await authorityCertificate(keys, wanted, constraintsFor([], 'us-east-1'));
  const issuer = { cert: ca, key: keys.privateKey };
  const cert = await serverCertificate(issuer, serverKeys, [...FOREIGN, 'localhost'], {
    ...validity,
    serialNumber: '02',
  });
  const server = createServer({ cert, key: serverKeys.privateKey }).on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { ca: caFile(ca), port: String((server.address() as AddressInfo).port) };
}

type Ask = (ca: string, port: string, names: readonly string[]) => Promise<string[]>;

function itTrusts(ask: Ask): void {
  it('trusts the names it may sign for, and a name of the CA without constraints', async () => {
    const { ca, port } = await emulator();
    const names = [...NAMES, 'kvs.example.com'];
    expect(await ask(ca, port, names)).toEqual(names.map((name) => `trusts ${name}`));
  });
}

function itRefuses(ask: Ask): void {
  it('trusts none of the others, though the CA itself has signed them', async () => {
    const { ca, port } = await thief();
    for (const line of await ask(ca, port, FOREIGN)) expect(line).toMatch(/^refuses /);
  });
}

const lines = (bytes: Buffer): string[] => bytes.toString().trim().split('\n');

describe('Node', () => {
  const ask: Ask = async (ca, port, names) => {
    const asked = names.map(
      (name) =>
        new Promise<string>((resolve) => {
          // An address is no server name: it is looked for among the addresses of the certificate.
          const servername = isIP(name) === 0 ? name : '';
          const checkServerIdentity = (_host: string, certificate: PeerCertificate) => checkIdentity(name, certificate);
          const options = { host: '127.0.0.1', port, path: '/_kvs/health', agent: false, ca: readFileSync(ca) };
          request({ ...options, servername, checkServerIdentity }, (response) =>
            resolve(`trusts ${response.resume() && name}`),
          )
            .on('error', (error) => resolve(`refuses ${name} ${error.message}`))
            .end();
        }),
    );
    return Promise.all(asked);
  };
  itTrusts(ask);
  itRefuses(ask);
});

describeWith(['openssl'], 'OpenSSL', () => {
  const ask: Ask = async (ca, port, names) => {
    const asked = names.map(async (name) => {
      const check = isIP(name) !== 0 ? ['-verify_ip', name] : ['-servername', name, '-verify_hostname', name];
      const connect = [
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        '-CAfile',
        ca,
        '-verify_return_error',
        '-x509_strict',
      ];
      const { code, stderr } = await run('openssl', [...connect, ...check]);
      return code === 0 ? `trusts ${name}` : `refuses ${name} ${stderr}`;
    });
    return Promise.all(asked);
  };
  itTrusts(ask);
  itRefuses(ask);
});

describeWith(['python'], 'Python', () => {
  const ask: Ask = async (ca, port, names) => lines(await output('python3', [source('trust.py'), ca, port, ...names]));
  itTrusts(ask);
  itRefuses(ask);
});

describeWith(['go'], 'Go', () => {
  const ask: Ask = async (ca, port, names) =>
    lines(await output('go', ['run', source('trust.go'), ca, port, ...names]));
  itTrusts(ask);
  itRefuses(ask);
});

describeWith(['java'], 'Java', () => {
  const ask: Ask = async (ca, port, names) => lines(await output('java', [source('Trust.java'), ca, port, ...names]));
  itTrusts(ask);

  // Java looks for constraints in every certificate of a chain but the one that it trusts to begin with.
  it('trusts whatever the CA has signed', async () => {
    const { ca, port } = await thief();
    expect(await ask(ca, port, FOREIGN)).toEqual(FOREIGN.map((name) => `trusts ${name}`));
  });
});
