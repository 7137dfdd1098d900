import { clockChange } from '../emulator/clockControl.ts';
import { date, fraction, nullable } from '../protocol/ownShapes.ts';
import { oneOf, string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

const state = told({
  now: date(),
  mode: oneOf('running', 'frozen'),
  rate: fraction({ means: 'emulated seconds per real second while it runs' }),
  offsetMs: fraction({ means: 'how far it is ahead of the machine’s clock' }),
  next: listOf(told({ at: date(), what: string(), stream: nullable(string()) })),
});
const example = {
  now: '2030-01-02T01:00:00.000Z',
  mode: 'frozen',
  rate: 1,
  offsetMs: 90000000,
  next: [{ at: '2030-01-02T01:05:00.000Z', what: 'session', stream: 'cam' }],
};

export const clockRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/clock',
    summary: 'the emulated time, and whether and how fast it runs',
    input: nothing('The clock'),
    answer: state,
    example,
    library: ['clock.state()', 'clock.now()'],
    command: ['clock'],
    handle: ({ clock }) => clock.state(),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/clock',
    summary: 'moves, freezes or speeds up the emulated time; answers when all work due is done',
    input: clockChange,
    answer: state,
    example,
    library: ["clock.advance('25h')", 'clock.set(time)', 'clock.freeze()', 'clock.run(60)', 'clock.change({ … })'],
    command: ['clock advance 25h', 'clock set 2030-01-01T00:00:00Z', 'clock freeze', 'clock run --rate 60'],
    handle: ({ clock }, change) => clock.change(change),
  }),
];
