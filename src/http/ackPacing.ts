import type { IncomingMessage } from 'node:http';

const PRODUCER = /AWS-SDK-KVS/i;
const JAVA = /\bJAVA\//i;
const GAP_MS = 20;

/**
 * How far apart an answer's pieces must be for its client to take each, in milliseconds: 0 if a write of its own is enough,
 * undefined if they may share one. AWS's Java producer (`AWS-SDK-KVS-PRODUCER/1.12.2 JAVA/17.0.2 Linux/6.1 amd64`) gives
 * whatever one read of its socket has brought to a parser that takes the first acknowledgement of it and drops the others,
 * and knows the end only as a read of its own. Over TLS each write is a record and each record a read; over plain HTTP only
 * time keeps two writes apart. Whatever else is Java's may read as that does. All others take chunks apart, libcurl's above all.
 */
export function gapBetweenPieces({ headers, socket }: IncomingMessage): number | undefined {
  const agent = headers['user-agent'] ?? '';
  if (!/java/i.test(agent)) return undefined;
  const at = agent.search(PRODUCER);
  return at >= 0 && JAVA.test(agent.slice(at)) && !('encrypted' in socket) ? GAP_MS : 0;
}
