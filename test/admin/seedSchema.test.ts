import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { seedSchema } from '../../src/admin/seed.ts';

const validate = new Ajv({ strict: false, allErrors: true }).compile(seedSchema());
const errorsOf = (seed: unknown): string[] => {
  validate(seed);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
};
const stream = (more: object) => ({ streams: [{ name: 'door', retention: '24h', ...more }] });

describe('the schema of a seed', () => {
  it('is in the package as the checks say it', () => {
    const shipped = readFileSync(new URL('../../seed.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(shipped)).toEqual(JSON.parse(JSON.stringify(seedSchema())));
  });

  it.each([
    ['nothing', {}],
    ['a recording', stream({ media: [{ file: 'door.mkv', ago: '24h', until: 'now', tags: { event: 'ring' } }] })],
    ['what is null', stream({ kmsKeyId: null, deviceName: null, notification: null })],
    [
      'all the rest',
      {
        $schema: './seed.schema.json',
        clock: { mode: 'frozen', set: '2030-01-01T00:00:00Z' },
        channels: [{ name: 'front', messageTtl: '60s', tags: {}, storage: 'door' }],
        keys: [{ id: 'a', state: 'Disabled' }],
        faults: [{ match: { operation: 'PutMedia', nth: [1, 2] }, effect: { ack: 5000 } }],
        limits: { profile: 'aws', overrides: { 'GetMedia.rate': 1 } },
        accounts: { '111111111111': { 'eu-west-1': stream({}) } },
      },
    ],
  ])('takes %s', (_what, seed) => {
    expect(errorsOf(seed)).toEqual([]);
  });

  it.each([
    ['a member that there is not', stream({ rentention: '24h' }), '/streams/0 additionalProperties'],
    ['a stream without a name', { streams: [{}] }, '/streams/0 required'],
    ['a file beside data', stream({ media: [{ file: 'a', data: '', ago: '1h' }] }), '/streams/0/media/0 oneOf'],
    ['a recording without its time', stream({ media: [{ file: 'a' }] }), '/streams/0/media/0 oneOf'],
    [
      'loop beside until',
      stream({ media: [{ file: 'a', ago: 1, loop: 1, until: 'now' }] }),
      '/streams/0/media/0 oneOf',
    ],
    ['a storage tier that there is not', stream({ storageTier: 'COLD' }), '/streams/0/storageTier enum'],
    ['an account of letters', { accounts: { abc: {} } }, '/accounts propertyNames'],
  ])('refuses %s', (_what, seed, error) => {
    expect(errorsOf(seed)).toContain(error);
  });
});
