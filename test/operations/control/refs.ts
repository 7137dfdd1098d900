import { expect, it } from 'vitest';
import { badArn, badStreamNames, controlPlane, errorOf, NEITHER, NOT_FOUND, refusalsOf } from './harness.ts';

// What every operation that takes a stream or a channel refuses, whichever operation it is. `rest` is what else the
// operation needs to be right.

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const invalidArn = (member: string) => badArn[1].replace("'streamARN'", `'${lowerFirst(member)}'`);

export const CHANNEL_NOT_FOUND = '404 ResourceNotFoundException: The requested channel is not found or not active.';

export function refusesMistyped(operation: string, rest: object, ...members: string[]): void {
  const { mistyped } = refusalsOf(operation);
  it.each(members)('refuses a %s that is no string', (member) =>
    mistyped({ ...rest, [member]: 1 }, `The member '${lowerFirst(member)}' must be a string, not a number.`),
  );
}

/** For operations that take a StreamName or a StreamARN. */
export function refusesInvalidStreamRefs(operation: string, rest: object = {}): void {
  const { invalid } = refusalsOf(operation);
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) => invalid({ ...rest, StreamName }, ...texts));
  refusesInvalidArn(operation, 'StreamARN', rest);
}

/** For operations that take a ChannelName or a ChannelARN. */
export function refusesInvalidChannelRefs(operation: string, rest: object = {}): void {
  const { invalid } = refusalsOf(operation);
  it.each(badStreamNames)('refuses %s', (_what, ChannelName, texts) =>
    invalid({ ...rest, ChannelName }, ...texts.map((text) => text.replace("'streamName'", "'channelName'"))),
  );
  refusesInvalidArn(operation, 'ChannelARN', rest);
}

export function refusesInvalidArn(operation: string, member: string, rest: object = {}): void {
  const { invalid } = refusalsOf(operation);
  it('refuses an ARN of another service', () => invalid({ ...rest, [member]: badArn[0] }, invalidArn(member)));
  it('refuses an ARN of 1025 characters', () => {
    const arn = `arn:aws:kinesisvideo:us-east-1:1:stream/${'a'.repeat(1025 - 42)}/1`;
    expect(arn).toHaveLength(1025);
    return invalid(
      { ...rest, [member]: arn },
      `Value '${arn}' at '${lowerFirst(member)}' failed to satisfy constraint: Member must have length less than or equal to 1024`,
    );
  });
}

export function refusesInvalidVersions(operation: string, rest: object): void {
  const { invalid } = refusalsOf(operation);
  it('refuses a CurrentVersion with other characters', () =>
    invalid(
      { ...rest, CurrentVersion: 'a-b' },
      "Value 'a-b' at 'currentVersion' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]+",
    ));
  it('refuses a CurrentVersion of 65 characters', () =>
    invalid(
      { ...rest, CurrentVersion: 'a'.repeat(65) },
      `Value '${'a'.repeat(65)}' at 'currentVersion' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ));
}

/** For operations that take a StreamName or a StreamARN. */
export function needsAStream(operation: string, rest: object = {}): void {
  it('needs a name or an ARN of a stream that exists', async () => {
    const plane = controlPlane();
    const { ChannelARN } = await plane.channel('a');
    expect(await errorOf(plane.call(operation, rest))).toBe(NEITHER);
    expect(await errorOf(plane.call(operation, { ...rest, StreamName: 'a' }))).toBe(NOT_FOUND);
    expect(await errorOf(plane.call(operation, { ...rest, StreamARN: ChannelARN }))).toBe(NOT_FOUND);
  });
}

/** For operations that take a ChannelARN and nothing else to find it by. */
export function needsAChannel(operation: string, rest: object = {}): void {
  it('needs a channel that exists', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    const { ChannelARN } = await plane.channel('b');
    const others = [StreamARN, `${ChannelARN}0`, ChannelARN.replace('channel/b', 'channel/a')];
    for (const other of others) {
      expect(await errorOf(plane.call(operation, { ...rest, ChannelARN: other }))).toBe(CHANNEL_NOT_FOUND);
    }
  });
}
