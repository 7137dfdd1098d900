import { createServer } from 'node:http';

/** Listens on any free port of the loopback and says which on stdout. */
export function serve(handler) {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1', () => process.stdout.write(`ready on http://127.0.0.1:${server.address().port}\n`));
}
