import { expect, it } from 'vitest';
import { controlPlane, errorOf } from './harness.ts';

/** What all three operations on the tags of a resource refuse. */
export function needsAResource(operation: string, rest: object = {}): void {
  it.each([
    ['stream', 'The requested stream is not found or not active.'],
    ['channel', 'The requested channel is not found or not active.'],
    ['robot', 'The requested resource is not found or not active.'],
  ])('does not find a %s that there is not', async (kind, text) => {
    const ResourceARN = `arn:aws:kinesisvideo:us-east-1:111122223333:${kind}/a/1`;
    expect(await errorOf(controlPlane().call(operation, { ...rest, ResourceARN }))).toBe(
      `404 ResourceNotFoundException: ${text}`,
    );
  });
}
