import { describe, expect, it } from 'vitest';
import { getDASHStreamingSessionURL } from '../../../src/operations/archived/getDASHStreamingSessionURL.ts';
import { getHLSStreamingSessionURL } from '../../../src/operations/archived/getHLSStreamingSessionURL.ts';
import { renderOutput } from '../../../src/protocol/restJson.ts';
import { fixture } from '../../support/fixtures.ts';
import { START, startService } from '../../support/service.ts';
import { range, startCamera } from '../playback/harness.ts';

const BOTH = [
  { operation: getHLSStreamingSessionURL, selector: 'HLSFragmentSelector', max: 'MaxMediaPlaylistFragmentResults' },
  { operation: getDASHStreamingSessionURL, selector: 'DASHFragmentSelector', max: 'MaxManifestFragmentResults' },
] as const;

describe('GetHLSStreamingSessionURL serialization', () => {
  it('answers with the URL of a master playlist at the address of the call, and a token of 152 characters', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const text = renderOutput(await camera.call(getHLSStreamingSessionURL, { StreamName: 'camera' }));
    expect(text).toMatch(
      /^\{"HLSStreamingSessionURL":"http:\/\/localhost:4580\/hls\/v1\/getHLSMasterPlaylist\.m3u8\?SessionToken=Ci[\w-]{149}~"\}$/,
    );
  });
});

describe('GetDASHStreamingSessionURL serialization', () => {
  it('answers with the URL of a manifest', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const text = renderOutput(await camera.call(getDASHStreamingSessionURL, { StreamName: 'camera' }));
    expect(text).toMatch(
      /^\{"DASHStreamingSessionURL":"http:\/\/localhost:4580\/dash\/v1\/getDASHManifest\.mpd\?SessionToken=Ci[\w-]{149}~"\}$/,
    );
  });
});

describe.each(BOTH)('$operation.name', ({ operation, selector, max }) => {
  const ask = (
    service: { call: typeof startService extends () => infer S ? (S extends { call: infer C } ? C : never) : never },
    input: object,
  ) => service.call(operation, { StreamName: 'camera', ...input });
  const refuses = async (input: object, error: object) => {
    const camera = await startCamera();
    await camera.record(1);
    await expect(ask(camera, input)).rejects.toMatchObject(error);
  };
  const lower = (name: string): string => name[0]!.toLowerCase() + name.slice(1);
  const outOf = (value: unknown, name: string, rule: string) => ({
    code: 'ValidationException',
    message: `1 validation error detected: Value '${value}' at '${lower(name)}' failed to satisfy constraint: ${rule}`,
  });

  it.each([
    ['Expires', 299, 'Member must have value greater than or equal to 300'],
    ['Expires', 43_201, 'Member must have value less than or equal to 43200'],
    [max, 0, 'Member must have value greater than or equal to 1'],
    [max, 5001, 'Member must have value less than or equal to 5000'],
    ['PlaybackMode', 'VOD', 'Member must satisfy enum value set: [LIVE, LIVE_REPLAY, ON_DEMAND]'],
    ['DisplayFragmentTimestamp', 'yes', 'Member must satisfy enum value set: [ALWAYS, NEVER]'],
  ])('refuses %s of %s', async (name, value, rule) => {
    await refuses({ [name]: value }, { code: 'ValidationException' });
    const camera = await startCamera();
    const error = await ask(camera, { [name]: value }).catch((thrown: Error) => thrown);
    // Whether AWS lists values of an enumeration in this order is not known.
    if (typeof value === 'number') expect(error).toMatchObject(outOf(value, name, rule));
  });

  const type = { FragmentSelectorType: 'SERVER_TIMESTAMP' };
  const day = 24 * 3_600_000;
  it.each([
    ['a range in LIVE', { PlaybackMode: 'LIVE', [selector]: { ...type, TimestampRange: range(0, 1) } }, selector],
    ['no selector', { PlaybackMode: 'ON_DEMAND' }, selector],
    ['no type', { PlaybackMode: 'ON_DEMAND', [selector]: { TimestampRange: range(0, 1) } }, 'FragmentSelectorType'],
    ['no range', { PlaybackMode: 'LIVE_REPLAY', [selector]: type }, 'TimestampRange'],
    ['no start', { PlaybackMode: 'LIVE_REPLAY', [selector]: { ...type, TimestampRange: {} } }, 'StartTimestamp'],
    ['no end', { PlaybackMode: 'ON_DEMAND', [selector]: { ...type, TimestampRange: range(0) } }, 'EndTimestamp'],
    [
      'an end that is the start',
      { PlaybackMode: 'ON_DEMAND', [selector]: { ...type, TimestampRange: range(5, 5) } },
      'later',
    ],
    [
      'an end before the start',
      { PlaybackMode: 'ON_DEMAND', [selector]: { ...type, TimestampRange: range(5, 4) } },
      'later',
    ],
    [
      'a range over a day',
      { PlaybackMode: 'ON_DEMAND', [selector]: { ...type, TimestampRange: range(0, day + 1) } },
      '86400 seconds',
    ],
  ])('refuses %s', async (_what, input, text) => {
    await refuses(input, { code: 'InvalidArgumentException', status: 400, message: expect.stringContaining(text) });
  });

  it('takes a range of exactly a day, and LIVE_REPLAY without an end', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const whole = { ...type, TimestampRange: range(0, day) };
    await ask(camera, { PlaybackMode: 'ON_DEMAND', [selector]: whole });
    await ask(camera, { PlaybackMode: 'LIVE_REPLAY', [selector]: { ...type, TimestampRange: range(0) } });
    await ask(camera, { [selector]: { FragmentSelectorType: 'PRODUCER_TIMESTAMP' } });
  });

  it('says when a range ended before the retention period', async () => {
    const camera = await startCamera({ retentionHours: 1 });
    await camera.record(1);
    await camera.clock.advance(3_600_000);
    const input = { PlaybackMode: 'ON_DEMAND', [selector]: { ...type, TimestampRange: range(0, 1000) } };
    await expect(ask(camera, input)).rejects.toMatchObject({
      code: 'InvalidArgumentException',
      message: `End timestamp ${START + 1000} is outside of the stream retention period.`,
    });
  });

  const NOTHING = {
    code: 'ResourceNotFoundException',
    status: 404,
    message: 'No fragments found in the stream for the streaming request.',
  };
  it('finds nothing in a stream without fragments, in an empty range, and in one where nothing came for 30 s', async () => {
    await expect(ask(startService(), {})).rejects.toMatchObject(NOTHING);
    const camera = await startCamera();
    await camera.record(1);
    const before = { ...type, TimestampRange: range(-5000, -1) };
    await expect(ask(camera, { PlaybackMode: 'ON_DEMAND', [selector]: before })).rejects.toMatchObject(NOTHING);
    await camera.clock.advance(29_000);
    await ask(camera, {});
    await camera.clock.advance(2000);
    await expect(ask(camera, {})).rejects.toMatchObject(NOTHING);
  });

  it('refuses a stream without retention, and one that is not there', async () => {
    const service = startService({ retentionHours: 0 });
    await service.put(fixture('h264-aac-gop1s.mkv'));
    await expect(ask(service, {})).rejects.toMatchObject({ code: 'NoDataRetentionException', status: 400 });
    await expect(ask(service, { StreamName: 'other' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('says which track has no codec private data', async () => {
    const camera = await startCamera({ stream: { codecPrivate: false } });
    await camera.record(1);
    await expect(ask(camera, {})).rejects.toMatchObject({
      code: 'MissingCodecPrivateDataException',
      status: 400,
      message: 'Missing codec private data in fragment for track 1.',
    });
  });

  it('refuses codec private data that are no configuration record', async () => {
    const service = startService();
    const bytes = fixture('h264-gop2s.mkv').slice();
    // avcC begins with version 1, profile 66, compatibility 0xc0, level 30.
    const at = indexOf(bytes, [1, 0x42, 0xc0]);
    bytes.set([0, 0, 0, 1], at);
    await service.put(bytes);
    await expect(ask(service, {})).rejects.toMatchObject({ code: 'InvalidCodecPrivateDataException', status: 400 });
  });

  it('refuses a codec it does not know', async () => {
    const service = startService();
    const bytes = fixture('h264-gop2s.mkv').slice();
    bytes.set(
      new TextEncoder().encode('V_MPEG4/ISO/ASP'),
      indexOf(bytes, [...new TextEncoder().encode('V_MPEG4/ISO/AVC')]),
    );
    await service.put(bytes);
    await expect(ask(service, {})).rejects.toMatchObject({ code: 'UnsupportedStreamMediaTypeException', status: 400 });
  });
});

describe('what may be played as what', () => {
  it.each([
    ['h264-mulaw-gop1s.mkv', getHLSStreamingSessionURL, {}, false],
    ['h264-mulaw-gop1s.mkv', getDASHStreamingSessionURL, {}, true],
    ['h265-aac-gop1s.mkv', getHLSStreamingSessionURL, {}, true],
    ['h265-aac-gop1s.mkv', getHLSStreamingSessionURL, { ContainerFormat: 'MPEG_TS' }, false],
    ['h265-aac-gop1s.mkv', getDASHStreamingSessionURL, {}, true],
    ['aac.mkv', getHLSStreamingSessionURL, {}, true],
    ['aac.mkv', getHLSStreamingSessionURL, { ContainerFormat: 'MPEG_TS' }, true],
    ['aac.mkv', getDASHStreamingSessionURL, {}, true],
    ['h264-gop2s.mkv', getHLSStreamingSessionURL, { ContainerFormat: 'MPEG_TS' }, true],
  ] as const)('%s with %o and %j: %s', async (name, operation, options, plays) => {
    const service = startService();
    await service.put(fixture(name));
    const answer = service.call(operation, { StreamName: 'camera', ...options });
    if (plays) await answer;
    else await expect(answer).rejects.toMatchObject({ code: 'UnsupportedStreamMediaTypeException' });
  });
});

function indexOf(bytes: Uint8Array, wanted: readonly number[]): number {
  for (let at = 0; at < bytes.length; at++) if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  throw new Error('not there');
}
