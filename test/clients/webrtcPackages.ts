// The WebRTC clients of test/webrtc, where they are installed.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const requirePackage = createRequire(new URL('../webrtc/', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: the package may be absent, and then so are its types.
export const packaged = (name: string): any | undefined => {
  try {
    return requirePackage(name);
  } catch {
    return undefined;
  }
};

const library = (): string | undefined => {
  try {
    return dirname(dirname(requirePackage.resolve('amazon-kinesis-video-streams-webrtc')));
  } catch {
    return undefined;
  }
};

/** The library as its package brings it for browsers. */
export const browserBundle = (): string | undefined => {
  const path = join(library() ?? '', 'dist/kvs-webrtc.min.js');
  return existsSync(path) ? path : undefined;
};

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves a folder on an origin of its own, and says where. */
export async function serveFolder(folder: string): Promise<string> {
  const root = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
  const server = createServer((request, response) => {
    const path = join(root, new URL(request.url ?? '/', 'http://x').pathname);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(path)] ?? 'text/plain');
    return response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
