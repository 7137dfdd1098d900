import { readFileSync } from 'node:fs';
import { CreateStreamCommand } from '@aws-sdk/client-kinesis-video';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { putMedia } from '../../src/client/putMedia.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { type Account, carryToken, freshAccount } from '../../src/kits/account.ts';
import { startForAll, stopForAll, tokenForAll, urlForAll } from '../../src/kits/jest/shared.ts';
import { matchers } from '../../src/kits/matchers.ts';
import { createOfflineEmulator } from '../../src/kits/msw/offlineEmulator.ts';
import { fixturePath } from '../support/fixtures.ts';
import { controlClient } from '../support/sdk.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ logLevel: 'silent' });
});
afterAll(() => emulator.stop());

const ack = (EventType: string, FragmentNumber: string, more: object = {}) => ({ EventType, FragmentNumber, ...more });
const whole = ['BUFFERING', 'RECEIVED', 'PERSISTED'].map((type) => ack(type, '1'));

describe('toHaveBeenPersisted', () => {
  it.each([
    ['a whole fragment', whole, undefined, true, 'Expected one or more fragments not to have been persisted. 1 was.'],
    ['one of which two were wanted', whole, 2, false, 'Expected 2 fragments to have been persisted. 1 was.'],
    [
      'nothing',
      [],
      undefined,
      false,
      'Expected one or more fragments to have been persisted. 0 were; there are no acknowledgements.',
    ],
    ['one that is still open', [...whole, ack('BUFFERING', '2')], undefined, false, '1 was; 1 was begun and not: 2.'],
    [
      'a refusal',
      [...whole, ack('ERROR', '2', { ErrorId: 4004, ErrorCode: 'INVALID_FRAGMENT_TIMECODE' })],
      undefined,
      false,
      'one was refused with 4004 INVALID_FRAGMENT_TIMECODE.',
    ],
    ['requests of the journal', [{ acks: whole }], 1, true, 'Expected 1 fragment not to have been persisted. 1 was.'],
  ])('judges %s', (_, received, count, pass, text) => {
    const verdict = matchers.toHaveBeenPersisted(received, count);
    expect(verdict.pass).toBe(pass);
    expect(verdict.message()).toContain(text);
  });

  it('says what it wants', () => {
    expect(() => matchers.toHaveBeenPersisted({ Fragments: [] })).toThrow('wants the acknowledgements of putMedia');
  });
});

describe('what was asked', () => {
  it('is counted for an account alone, and for an emulator all of it', async () => {
    const [mine, other] = [freshAccount(emulator.url), freshAccount(emulator.url, 'eu-west-1')];
    for (const [index, { endpoint, region, credentials }] of [mine, other, other].entries()) {
      const create = new CreateStreamCommand({ StreamName: `s${index}` });
      await controlClient({ endpoint, region, accessKeyId: credentials.accessKeyId }).send(create);
    }
    expect((await matchers.toHaveRequested(mine, 'CreateStream', 1)).pass).toBe(true);
    expect((await matchers.toHaveRequested(other, { operation: 'CreateStream', region: 'eu-west-1' }, 2)).pass).toBe(
      true,
    );
    expect((await matchers.toHaveRequested(emulator, 'CreateStream', 3)).pass).toBe(true);
    expect((await matchers.toHaveRequested(mine, { since: new Date(0) }, 1)).pass).toBe(true);
    const missing = await matchers.toHaveRequested(mine, 'PutMedia');
    expect(missing.pass).toBe(false);
    expect(missing.message()).toBe(
      'Expected one or more requests like {"operation":"PutMedia"} to have been made. There were 0; of all: CreateStream s0 200.',
    );
    expect((await matchers.toHaveRequested(other, 'CreateStream', 1)).message()).toBe(
      'Expected 1 request like {"operation":"CreateStream"} to have been made. There were 2: CreateStream s1 200, CreateStream s2 200.',
    );
    expect((await matchers.toHaveRequested(mine, { stream: 's0' })).message()).toBe(
      'Expected one or more requests like {"stream":"s0"} not to have been made. There was 1: CreateStream s0 200.',
    );
    expect((await matchers.toHaveNoWarnings(mine)).pass).toBe(true);
  });

  it('and would not work on AWS is told', async () => {
    const account = freshAccount(emulator.url);
    const answer = await fetch(`${emulator.url}/createStream`, { method: 'POST', body: '{"StreamName":"unsigned"}' });
    expect(answer.status).toBe(200);
    expect((await matchers.toHaveNoWarnings(account)).pass).toBe(true);
    const all = await matchers.toHaveNoWarnings(emulator);
    expect(all.pass).toBe(false);
    expect(all.message()).toMatch(
      /^Expected what was asked to work on AWS, too\. There was 1 warning:\nCreateStream: /,
    );
    expect((await matchers.toHaveNoWarnings(account)).message()).toBe(
      'Expected what was asked not to work on AWS, too. There were no warnings; requests: none.',
    );
  });

  it('of something that is neither is refused', async () => {
    for (const odd of ['door', undefined, {}, { url: 1 }])
      await expect(matchers.toHaveFragments(odd, 'x')).rejects.toThrow(
        'expect() wants an account or an emulator here.',
      );
  });
});

describe('toHaveFragments', () => {
  async function recorded({ endpoint, region, credentials }: Account): Promise<void> {
    const create = new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 1 });
    await controlClient({ endpoint, region, accessKeyId: credentials.accessKeyId }).send(create);
    const media = { streamName: 'door', fragmentTimecodeType: 'RELATIVE', producerStartTimestamp: Date.now() } as const;
    const body = readFileSync(fixturePath('h264-aac-gop1s.mkv'));
    for await (const _ of putMedia({ endpoint, region, credentials, ...media, body }));
  }

  it('counts what is archived, and says what is there', async () => {
    const account = freshAccount(emulator.url, 'eu-west-1');
    await recorded(account);
    const verdict = await matchers.toHaveFragments(account, 'door', 4);
    expect(verdict.pass).toBe(true);
    expect(verdict.message()).toMatch(/^Expected door not to have 4 fragments\. It has 4: \d+, \d+, \d+, \d+\.$/);
    expect((await matchers.toHaveFragments(account, 'door', 3)).message()).toMatch(
      /^Expected door to have 3 fragments\./,
    );
    await expect(matchers.toHaveFragments(account, 'dor')).rejects.toThrow(
      `There is no stream "dor" of the account ${account.accountId} in eu-west-1. See GET /_kvs/streams. There are: door.`,
    );
    // To look is not to ask: what the test has asked is what there is.
    await expect(matchers.toHaveRequested(account, {}, 2)).resolves.toMatchObject({ pass: true });
  });

  it('looks past faults, limits, policies and the admin token', async () => {
    const strange = await createEmulator({
      logLevel: 'silent',
      auth: 'sigv4',
      limits: 'aws',
      adminToken: 'let-me',
      region: 'eu-west-1',
    });
    onTestFinished(() => strange.stop());
    const account = freshAccount(strange.url, 'eu-west-1', 'let-me');
    await recorded(account);
    strange.faults.add({ match: { operation: 'ListFragments' }, effect: { status: 503 } });
    expect((await matchers.toHaveFragments(account, 'door', 4)).pass).toBe(true);
    expect((await matchers.toHaveRequested(strange, 'PutMedia', 1)).pass).toBe(true);
    expect(Object.keys(account)).toEqual(['endpoint', 'region', 'credentials', 'accountId']);
    // As a started container of testcontainers has it.
    const container = carryToken({ getEndpoint: () => strange.url }, 'let-me');
    expect((await matchers.toHaveRequested(container, 'PutMedia', 1)).pass).toBe(true);
  });

  it('looks into an emulator without a socket', async () => {
    const offline = createOfflineEmulator({ logLevel: 'silent', seed: { streams: [{ name: 'porch' }] } });
    onTestFinished(() => offline.stop());
    await offline.ready;
    expect((await matchers.toHaveFragments(offline, 'porch')).message()).toBe(
      'Expected porch to have one or more fragments. It has 0.',
    );
    expect((await matchers.toHaveRequested(offline, {})).pass).toBe(false);
  });
});

describe('the setup of jest', () => {
  it('starts one emulator, says where, and forgets it', async () => {
    expect(urlForAll).toThrow("Add globalSetup: 'kvs-emulator/jest' to jest's configuration.");
    await startForAll({}, { globals: { kvsEmulator: { clock: 'frozen', logLevel: 'silent', adminToken: 'x' } } });
    const url = urlForAll();
    const headers = { authorization: `Bearer ${tokenForAll()}` };
    expect(await (await fetch(`${url}/_kvs/clock`, { headers })).json()).toMatchObject({ mode: 'frozen' });
    await startForAll();
    expect(urlForAll()).toBe(url);
    await stopForAll();
    expect(urlForAll).toThrow('There is no emulator');
    expect(tokenForAll()).toBeUndefined();
    await expect(fetch(url)).rejects.toThrow();
  });
});
