import type { Faultable } from '../faultable.ts';

export function unfitForBodies({ name, kind }: Faultable): string | undefined {
  if (kind === 'message') return `${name} is a message over a connection and has no body of its own.`;
  return kind === 'socket' ? `${name} opens a WebSocket, which has no body.` : undefined;
}
