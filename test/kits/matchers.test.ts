import { CreateStreamCommand } from '@aws-sdk/client-kinesis-video';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { freshAccount } from '../../src/kits/account.ts';
import { startForAll, stopForAll, urlForAll } from '../../src/kits/jest/shared.ts';
import { matchers } from '../../src/kits/matchers.ts';
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
    ['a whole fragment', whole, undefined, true, '1 were.'],
    ['one of which two were wanted', whole, 2, false, 'Expected 2 fragments to have been persisted. 1 were.'],
    ['nothing', [], undefined, false, 'Expected one or more fragments to have been persisted. 0 were.'],
    ['one that is still open', [...whole, ack('BUFFERING', '2')], undefined, false, '1 were begun and not: 2.'],
    [
      'a refusal',
      [...whole, ack('ERROR', '2', { ErrorId: 4004, ErrorCode: 'INVALID_FRAGMENT_TIMECODE' })],
      undefined,
      false,
      'one was refused with 4004 INVALID_FRAGMENT_TIMECODE.',
    ],
    ['requests of the journal', [{ acks: whole }], 1, true, '1 were.'],
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
    const missing = await matchers.toHaveRequested(mine, 'PutMedia');
    expect(missing.pass).toBe(false);
    expect(missing.message()).toBe(
      'Expected one or more requests like {"operation":"PutMedia"}. There were 0; of all: CreateStream.',
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
    expect(all.message()).toMatch(/^Expected requests that work on AWS, too\. There were 1:\nCreateStream: /);
  });

  it('of something that is neither is refused', async () => {
    await expect(matchers.toHaveFragments('door', 'x')).rejects.toThrow(
      'expect() wants an account or an emulator here.',
    );
  });
});

describe('the setup of jest', () => {
  it('starts one emulator, says where, and forgets it', async () => {
    expect(urlForAll).toThrow("Add globalSetup: 'kvs-emulator/jest' to jest's configuration.");
    await startForAll({}, { globals: { kvsEmulator: { clock: 'frozen', logLevel: 'silent' } } });
    const url = urlForAll();
    expect(await (await fetch(`${url}/_kvs/clock`)).json()).toMatchObject({ mode: 'frozen' });
    await startForAll();
    expect(urlForAll()).toBe(url);
    await stopForAll();
    expect(urlForAll).toThrow('There is no emulator');
    await expect(fetch(url)).rejects.toThrow();
  });
});
