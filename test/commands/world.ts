// A service that answers as a test says, and the world as a command sees it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { PassThrough, Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Command, CommandIO, ExitCode } from '../../src/commands/command.ts';

export interface Call {
  /** `POST /describeStream` */
  readonly what: string;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON; undefined without a body. */
  readonly input: unknown;
}
/** What to answer: JSON, `refuse(...)`, or anything by hand. */
export type Answer = unknown | ((response: ServerResponse, request: IncomingMessage) => void | Promise<void>);

export class Refusal {
  readonly status: number;
  readonly name: string;
  readonly message: string;
  constructor(status: number, name: string, message: string) {
    this.status = status;
    this.name = name;
    this.message = message;
  }
}
export const notFound = new Refusal(
  404,
  'ResourceNotFoundException',
  'The requested stream is not found or not active.',
);

export interface Service {
  readonly url: string;
  readonly calls: Call[];
}

function reply(response: ServerResponse, answer: unknown): void {
  if (answer instanceof Refusal) {
    response.writeHead(answer.status, { 'x-amzn-ErrorType': `${answer.name}:http://x/` });
    response.end(JSON.stringify({ Message: answer.message }));
  } else response.end(JSON.stringify(answer ?? { Output: { __type: 'x#UnknownOperationException' }, Version: '1.0' }));
}

/**
 * Answers each route with what stands there, one after another where there is a list; the last one stays. Routes are
 * like `POST /describeStream`; what has none is UnknownOperationException, as on AWS.
 */
export async function service(
  routes: Record<string, Answer | Answer[]>,
  tls?: { key: string; cert: string },
): Promise<Service> {
  const calls: Call[] = [];
  const left = new Map(
    Object.entries(routes).map(([what, answer]) => [what, Array.isArray(answer) ? [...answer] : [answer]]),
  );
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const what = `${request.method} ${request.url}`;
    const answers = left.get(what) ?? left.get(what.replace(/\?.*/, ''));
    const answer = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0];
    // A client that goes away is what some tests are about.
    request.on('error', () => undefined);
    if (typeof answer === 'function' || request.headers['transfer-encoding'] !== undefined) {
      calls.push({ what, headers: request.headers, input: undefined });
      if (typeof answer === 'function') await Promise.resolve(answer(response, request)).catch(() => undefined);
      else reply(response, answer);
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const text = Buffer.concat(parts).toString();
    calls.push({ what, headers: request.headers, input: text === '' ? undefined : JSON.parse(text) });
    reply(response, answer);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, calls };
}

/** Takes a PutMedia body and acknowledges as the service does, with what `acks` gives for the n-th session. */
export const putMediaRoute =
  (bodies: Buffer[], ...sessions: string[][]): Answer =>
  async (response: ServerResponse, request: IncomingMessage) => {
    const acks = sessions[Math.min(bodies.length, sessions.length - 1)] ?? [];
    response.writeHead(200, { 'x-amzn-RequestId': 'req-1' });
    response.flushHeaders();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    bodies.push(Buffer.concat(parts));
    for (const line of acks) response.write(line);
    response.end();
  };

export interface Outcome {
  code: ExitCode | undefined;
  error: unknown;
  stdout: Buffer;
  stderr: string;
}

/** Runs a command with the arguments of a command line, as main would. */
export async function run(
  command: Command,
  args: string[],
  endpoint: string,
  world: Partial<CommandIO> = {},
): Promise<Outcome> {
  const stdout = new PassThrough({ highWaterMark: 1 << 24 });
  const stderr = new PassThrough({ highWaterMark: 1 << 24 });
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...command.options, region: { type: 'string' } },
  });
  const io: CommandIO = {
    stdout,
    stderr,
    stdin: Readable.from([]),
    env: {},
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    signal: new AbortController().signal,
    ...world,
  };
  const outcome: Outcome = { code: undefined, error: undefined, stdout: Buffer.alloc(0), stderr: '' };
  try {
    outcome.code = await command.run({ values, positionals }, io);
  } catch (error) {
    outcome.error = error;
  }
  outcome.stdout = (stdout.read() as Buffer | null) ?? Buffer.alloc(0);
  outcome.stderr = String(stderr.read() ?? '');
  return outcome;
}

/** A stream that is written to and that says it is a terminal. */
export const terminal = (columns = 100): PassThrough & { isTTY: true; columns: number } =>
  Object.assign(new PassThrough(), { isTTY: true as const, columns });
