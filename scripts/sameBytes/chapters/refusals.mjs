// Every operation asked in every wrong way that all have in common.
import { leastOf } from './inputs.mjs';

/** Of each type one, so that every member gets some that it does not take. */
const WRONG = [[], {}, 7.5, 'a b/', null, true, '', -1];

const stringy = (input) => Object.entries(input).filter(([, value]) => typeof value === 'string');

function* wrongInputs(least) {
  const members = Object.keys(least);
  yield ['no members', {}];
  yield ['a member nobody knows', { ...least, Nonsense: 1, streamname: 'cam' }];
  for (const [at, wrong] of WRONG.entries()) {
    yield [`all ${JSON.stringify(wrong)}`, Object.fromEntries(members.map((name) => [name, wrong]))];
    const name = members[at % members.length];
    yield [`${name} ${JSON.stringify(wrong)}`, { ...least, [name]: wrong }];
  }
  const long = stringy(least).map(([name]) => [name, 'a'.repeat(1100)]);
  yield ['too long', { ...least, ...Object.fromEntries(long) }];
  const other = stringy(least).map(([name, value]) => [name, value === 'cam' ? 'absent' : value]);
  yield ['of what is not there', { ...least, ...Object.fromEntries(other) }];
  yield ['name and ARN of different ones', { ...least, StreamARN: 'arn:nonsense', ChannelARN: 7 }];
}

/** Bodies that are no input at all. */
const NO_INPUT = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '{"a":1}}',
  '{"a":"\u0001"}',
  '[[[[',
  '{"__proto__":{"a":1}}',
  '\xff',
];

export async function refusals(play) {
  await play.ask('CreateStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  await play.ask('CreateSignalingChannel', { ChannelName: 'door' });
  for (const { name, path, kind } of play.operations) {
    if (kind === 'resource' || kind === 'duplex') continue;
    const least = leastOf(name);
    const body = JSON.stringify(least);
    for (const [why, input] of wrongInputs(least)) await play.ask(name, input, { why });
    for (const text of NO_INPUT) await play.ask(name, text, { why: 'no input' });
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) await play.http(name, { method, path });
    const [first = ''] = path.slice(1);
    const turned = first === first.toUpperCase() ? first.toLowerCase() : first.toUpperCase();
    for (const wrong of [`/${turned}${path.slice(2)}`, `${path}/`, `/${path}`, `/s-00000000${path}`, `${path}?a=1`]) {
      await play.http(`${name} at ${wrong}`, { path: wrong, body });
    }
    await play.ask(name, least, { why: 'unsigned', signed: false });
    await play.ask(name, least, {
      why: 'of another account',
      signed: { account: '111122223333', region: 'eu-west-1' },
    });
    await play.ask(name, least, { why: 'text', headers: { 'Content-Type': 'text/plain' } });
  }
}
