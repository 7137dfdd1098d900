import { eventsQuery } from '../emulator/eventsControl.ts';
import type { EmulatorEvent } from '../emulator/eventView.ts';
import { route } from './adminRoute.ts';

const encoder = new TextEncoder();
/** Said at once, so that a client knows that it is heard. */
const GREETING = encoder.encode(': what happens, as it happens\n\n');

export const eventsRoute = route({
  kind: 'stream',
  method: 'GET',
  path: '/events',
  summary:
    'what happens, as server-sent events; the header Last-Event-ID resumes within the last 1,000, `lost` counts what a slow reader has missed',
  input: eventsQuery,
  contentType: 'text/event-stream',
  example:
    'id: 7\nevent: fragment\ndata: {"time":"2030-01-01T00:00:00.000Z","stream":"cam","account":"000000000000","region":"us-east-1",' +
    '"state":"persisted","number":"91343852333181432392682062607743920146264321901","bytes":61034,' +
    '"serverTime":"2030-01-01T00:00:00.000Z","producerTime":"2030-01-01T00:00:00.000Z"}\n\n',
  library: ['events.follow({ types, stream })'],
  command: ['events --types fragment,ack --stream cam'],
  handle({ events }, query, { header, signal }) {
    const last = header('last-event-id') ?? '';
    const resumed = query.after === undefined && /^\d{1,15}$/.test(last) ? { after: Number(last) } : {};
    return lines(events.follow({ ...query, ...resumed }, signal));
  },
});

/** By hand: a generator that nobody has begun to read would not let go of what it reads. */
function lines(events: AsyncIterableIterator<EmulatorEvent>): AsyncIterableIterator<Uint8Array> {
  let greeted = false;
  return {
    async next() {
      if (!greeted) {
        greeted = true;
        return { done: false, value: GREETING };
      }
      const { done, value } = await events.next();
      return done === true ? { done, value: undefined } : { done: false, value: encoder.encode(textOf(value)) };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const textOf = ({ id, type, data }: EmulatorEvent): string =>
  `${id === null ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
