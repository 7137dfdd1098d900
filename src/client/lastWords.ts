import type { Socket } from 'node:net';

/**
 * A service that has answered may close the connection while we still write, as Kinesis Video Streams does after an
 * ERROR acknowledgment. Node destroys a socket at its first failed write, with all that has arrived and was not read
 * yet: the answer. With this, a failed write only ends the writing; reading goes on to the end of what there is, and
 * then the socket is destroyed with the error of the write.
 */
export function hearLastWords(socket: Socket): void {
  let failedWrite: Error | undefined;
  const destroy = socket.destroy.bind(socket);
  const push = socket.push.bind(socket);
  socket.destroy = (error?: Error) => {
    const isWrite = (error as NodeJS.ErrnoException | undefined)?.syscall === 'write';
    if (!isWrite || failedWrite !== undefined) return destroy(error && (failedWrite ?? error));
    failedWrite = error;
    return socket;
  };
  socket.push = (chunk) => {
    if (failedWrite === undefined) return push(chunk);
    // A stream in which a write failed takes no more data, so they go straight to who listens.
    if (chunk === null) destroy(failedWrite);
    else socket.emit('data', chunk);
    return true;
  };
}
