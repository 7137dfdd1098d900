// `ws` that hands each frame to the other connections of the same path, over TLS or without.
import { generateKeyPairSync } from 'node:crypto';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import forge from 'node-forge';
import { WebSocketServer } from 'ws';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const certificate = forge.pki.createCertificate();
certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
certificate.setSubject([{ name: 'commonName', value: 'localhost' }]);
certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());

const tls = process.argv[2] === 'tls';
const server = tls ? createServer({ key: privateKey, cert: forge.pki.certificateToPem(certificate) }) : createPlain();
const rooms = new Map();
new WebSocketServer({ server, perMessageDeflate: true }).on('connection', (socket, { url }) => {
  const room = rooms.get(url) ?? new Set();
  rooms.set(url, room.add(socket));
  socket.on('message', (data) => {
    for (const other of room) if (other !== socket) other.send(String(data), { compress: false });
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`ready on http://127.0.0.1:${server.address().port}\n`));
