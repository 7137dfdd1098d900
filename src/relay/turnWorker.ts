/**
 * What runs node-turn, in a thread of its own: its timers and sockets end with the thread, and whatever strangers make it
 * throw ends nothing else. Five of its habits are mended from outside: a datagram whose attributes go beyond it, on which
 * it could turn for ever, does not reach it; nonces, which it would keep for an hour each, are one; sockets of allocations
 * that are over are closed; an allocation that is refreshed, or asked for twice, keeps its lifetime; and a password that
 * has expired is good for nothing new, but for the refreshes of what it has opened.
 */
export const TURN_WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { path, addresses, port, relayPorts, external, realm, nonce } = workerData;
const Turn = require(path);
const server = new Turn({
  authMech: 'long-term',
  credentials: Object.create(null),
  ...(addresses ? { listeningIps: addresses } : {}),
  ...(external ? { externalIps: external } : {}),
  listeningPort: port,
  minPort: relayPorts[0],
  maxPort: relayPorts[1],
  realm,
  debugLevel: 'OFF',
  log() {},
});
server.defaultLifetime = server.defaultAllocatetLifetime;
server.maxAllocateTimeout = server.maxAllocateLifetime;

server.authentification.generateNonce = () => nonce;
server.authentification.checkNonce = (given) => given === nonce;

const passwords = server.authentification.credentials;
const expired = new Set();
const isUsed = (username) => Object.values(server.allocations).some(({ user }) => user.username === username);
const forgetUnused = () => {
  for (const username of expired) {
    if (isUsed(username)) continue;
    expired.delete(username);
    delete passwords[username];
  }
};
server.allocations = new Proxy({}, {
  set(all, key, allocation) {
    const { update } = allocation;
    allocation.update = (lifetime = allocation.lifetime) => update.call(allocation, lifetime);
    all[key] = allocation;
    return true;
  },
  deleteProperty(all, key) {
    for (const socket of all[key]?.sockets ?? []) socket.close();
    clearTimeout(all[key]?.timer);
    delete all[key];
    forgetUnused();
    return true;
  },
});
const allocate = server.allocate.allocate.bind(server.allocate);
server.allocate.allocate = (message, reply) => {
  if (expired.has(message.getAttribute('username'))) reply.reject(401, 'Unauthorized');
  else allocate(message, reply);
};

parentPort.on('message', ({ grant, revoke }) => {
  if (grant) {
    passwords[grant.username] = grant.password;
    expired.delete(grant.username);
  }
  if (revoke) {
    expired.add(revoke);
    forgetUnused();
  }
});

process.on('uncaughtException', () => undefined);

// RFC 5389, 6 and 15; what begins with other bits is data for a channel.
const isWhole = (bytes) => {
  if (bytes.length < 4 || bytes[0] > 3) return bytes.length >= 4;
  let at = 20;
  while (at + 4 <= bytes.length) at += 4 + Math.ceil(bytes.readUInt16BE(at + 2) / 4) * 4;
  return at <= bytes.length && bytes.length >= 20;
};

server.start();
const { sockets } = server.network;
for (const socket of sockets) {
  const [read] = socket.listeners('message');
  socket.removeAllListeners('message');
  socket.on('message', (bytes, from) => {
    if (isWhole(bytes)) read(bytes, from);
  });
}
let open = 0;
let left = sockets.length;
const decided = (error) => {
  left -= 1;
  if (left > 0) return;
  parentPort.postMessage(open > 0 ? { ready: true } : { failed: String(error?.message ?? 'no address to listen on') });
};
if (left === 0) parentPort.postMessage({ failed: 'no address to listen on' });
for (const socket of sockets) {
  socket.once('listening', () => { open += 1; decided(); });
  socket.once('error', decided);
}
`;
