import { readControl } from '../emulator/controlInput.ts';
import { faultsQuery, oneFault, setOfFaults, someFaults } from '../emulator/faultControl.ts';
import { faultEffect, faultMatch, type GivenFault } from '../emulator/faultShapes.ts';
import { anything, date, nullable } from '../protocol/ownShapes.ts';
import { integer, list, object, required, string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

const fault = object({
  id: required(string()),
  match: required(faultMatch),
  effect: required(faultEffect),
  set: string({ means: 'the set that it came with' }),
  fired: required(integer({ means: 'on so many calls' })),
  lastFiredAt: { ...nullable(date()), required: true },
  lastRequests: { ...list(string({ means: 'the last ten requests that it fired on' })), required: true },
});
const example = {
  id: 'third-fragment',
  match: { operation: 'PutMedia', stream: 'door*', fragment: 3, times: 1 },
  effect: { ack: 5000 },
  fired: 1,
  lastFiredAt: '2030-01-01T00:00:06.000Z',
  lastRequests: ['5b6f5f0a-7b0c-4c0b-9b0a-0f3b5f1d2c3e'],
};
const outage = {
  ...example,
  id: 'outage-2',
  set: 'outage',
  match: { operation: ['archived'] },
  effect: { status: 503 },
};
/** The controls take rules and ids as they are: what else stands in the query is for nobody, and refused here. */
const rulesOf = (given: unknown): GivenFault[] => readControl(someFaults, given).rules as GivenFault[];

const answer = told({ faults: listOf(fault) });

export const faultRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/faults',
    summary: 'the rules that make the service fail on purpose, and how often each has fired',
    input: faultsQuery,
    answer,
    example: { faults: [example] },
    library: ['faults.list({ set, account, region })'],
    command: ['faults', 'faults list'],
    handle: ({ faults }, which) => ({ faults: faults.list(which) }),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/faults',
    summary: 'adds a rule, or a list of them: all or none',
    input: someFaults,
    body: 'rules',
    answer,
    example: { faults: [example] },
    library: ['faults.add({ match, effect })'],
    command: ['faults add \'{"effect":{"status":503}}\''],
    handle: ({ faults }, given) => ({ faults: faults.add(rulesOf(given)) }),
  }),
  route({
    kind: 'json',
    method: 'PUT',
    path: '/faults',
    summary: 'these rules instead of all that are there',
    input: someFaults,
    body: 'rules',
    answer,
    example: { faults: [example] },
    library: ['faults.replace([{ match, effect }])'],
    command: ["faults replace '[]'"],
    handle: ({ faults }, given) => ({ faults: faults.replace(rulesOf(given)) }),
  }),
  route({
    kind: 'json',
    method: 'DELETE',
    path: '/faults',
    summary: 'takes back all rules, or those of a set, an account or a region',
    input: faultsQuery,
    answer: told({ faults: integer({ means: 'how many' }) }),
    example: { faults: 2 },
    library: ['faults.clear({ set, account, region })'],
    command: ['faults clear', 'faults clear --set outage'],
    handle: ({ faults }, which) => faults.clear(which),
  }),
  route({
    kind: 'json',
    method: 'GET',
    path: '/faults/sets',
    summary: 'sets of rules for what people meet, to be added as they are or changed',
    input: nothing('This'),
    answer: told({ sets: listOf(told({ name: string(), means: string(), faults: listOf(anything()) })) }),
    example: {
      sets: [
        {
          name: 'expired-credentials',
          means: 'every call that is signed is refused with ExpiredTokenException',
          faults: [{ match: { operation: ['control', 'media'] }, effect: { error: 'ExpiredTokenException' } }],
        },
      ],
    },
    library: ['faults.sets()'],
    command: ['faults sets'],
    handle: ({ faults }) => ({ sets: faults.sets() }),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/faults/sets/{name}',
    summary: 'adds the rules of a set; the body is a match to narrow them',
    input: setOfFaults,
    body: 'match',
    answer,
    example: { faults: [outage] },
    library: ["faults.addSet('outage', { stream: 'door*' })"],
    command: ['faults set outage', 'faults set outage \'{"stream":"door*"}\''],
    handle({ faults }, given) {
      const { name, match } = readControl(setOfFaults, given);
      return { faults: faults.addSet(name, (match ?? {}) as GivenFault['match']) };
    },
  }),
  route({
    kind: 'json',
    method: 'GET',
    path: '/faults/{id}',
    summary: 'one rule',
    input: oneFault,
    answer: fault,
    example,
    library: ['faults.get(id)'],
    command: ['faults list third-fragment'],
    handle: ({ faults }, given) => faults.get(readControl(oneFault, given).id),
  }),
  route({
    kind: 'json',
    method: 'DELETE',
    path: '/faults/{id}',
    summary: 'takes a rule back',
    input: oneFault,
    answer: told({}),
    example: {},
    library: ['faults.remove(id)'],
    command: ['faults remove third-fragment'],
    handle({ faults }, given) {
      faults.remove(readControl(oneFault, given).id);
      return {};
    },
  }),
];
