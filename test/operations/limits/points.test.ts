// What archived reads cost of the two pools of a stream.
import { describe, expect, it } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { getDASHStreamingSessionURL } from '../../../src/operations/archived/getDASHStreamingSessionURL.ts';
import { getHLSStreamingSessionURL } from '../../../src/operations/archived/getHLSStreamingSessionURL.ts';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { fixture } from '../../support/fixtures.ts';
import { type Service, START, startService } from '../../support/service.ts';

const CAMERA = { StreamName: 'camera' };
const RANGE = { StartTimestamp: START / 1000 - 60, EndTimestamp: START / 1000 + 60 };
const FragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: RANGE };
const LIMITED = {
  code: 'ClientLimitExceededException',
  status: 400,
  message:
    'Kinesis Video Streams has throttled the request because you have exceeded the limit of allowed client calls. Try making the call later.',
};

/** A stream with a recording, its bucket of points full. */
async function startRecorded(overrides = {}) {
  const service = startService();
  const acks = await service.put(fixture('h264-aac-gop1s.mkv'), { ProducerStartTimestamp: String(START / 1000) });
  const numbers = acks.map((line) => JSON.parse(line)).filter(({ EventType }) => EventType === 'PERSISTED');
  service.face.limits.set({ profile: 'aws', overrides });
  return { service, numbers: numbers.map(({ FragmentNumber }) => FragmentNumber as string) };
}

/** What has been spent of each pool. */
const spent = (service: Service): Record<string, number> =>
  Object.fromEntries(
    service.face.limits
      .stream('camera')
      .gauges.filter(({ name }) => name.startsWith('points.'))
      .map(({ name, admitted }) => [name.slice('points.'.length), admitted]),
  );

describe('it costs', () => {
  it('ListFragments what MaxResults says, found or not, and 100 if it says nothing', async () => {
    const { service } = await startRecorded();
    await service.call(listFragments, { ...CAMERA, FragmentSelector, MaxResults: 1000 });
    expect(spent(service)).toEqual({ metadata: 1000 });
    await service.call(listFragments, { ...CAMERA, FragmentSelector });
    expect(spent(service)).toEqual({ metadata: 1100 });
  });

  it('GetMediaForFragmentList one of media for each number', async () => {
    const { service, numbers } = await startRecorded();
    await (await service.open(getMediaForFragmentList, { Fragments: numbers })).done();
    expect(spent(service)).toEqual({ media: numbers.length });
  });

  it('GetClip one of each pool for each fragment', async () => {
    const { service, numbers } = await startRecorded();
    const ClipFragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: RANGE };
    await (await service.open(getClip, { ClipFragmentSelector })).done();
    expect(spent(service)).toEqual({ metadata: numbers.length, media: numbers.length });
  });

  it('GetImages 400 and one for each image that may come, and those of media', async () => {
    const { service } = await startRecorded();
    const input = { ...CAMERA, ImageSelectorType: 'PRODUCER_TIMESTAMP', ...RANGE, Format: 'JPEG', MaxResults: 3 };
    await service.call(getImages, { ...input, StartTimestamp: START / 1000 });
    expect(spent(service)).toEqual({ metadata: 403, media: 3 });
  });

  it('a playlist or manifest as many as may be in it, a segment one of media', async () => {
    const { service } = await startRecorded();
    const session = { ...CAMERA, PlaybackMode: 'ON_DEMAND' };
    const hls = await service.call(getHLSStreamingSessionURL, {
      ...{ ...session, HLSFragmentSelector: FragmentSelector, MaxMediaPlaylistFragmentResults: 7 },
    });
    const url: string = hls.HLSStreamingSessionURL;
    const at = (path: string, more = '') => `${url.replace('getHLSMasterPlaylist.m3u8', path)}${more}`;
    const { body } = await service.get(at('getHLSMediaPlaylist.m3u8', '&TrackNumber=1'));
    expect(spent(service)).toEqual({ metadata: 7 });
    const number = /FragmentNumber=(\d+)/.exec(Buffer.from(body).toString())?.[1];
    await service.get(at('getMP4MediaFragment.mp4', `&FragmentNumber=${number}&TrackNumber=1`));
    expect(spent(service)).toEqual({ metadata: 7, media: 1 });
    const dash = await service.call(getDASHStreamingSessionURL, {
      ...{ ...session, DASHFragmentSelector: FragmentSelector, MaxManifestFragmentResults: 9 },
    });
    await service.get(dash.DASHStreamingSessionURL);
    expect(spent(service)).toEqual({ metadata: 16, media: 1 });
  });

  it('nothing without limits', async () => {
    const { service } = await startRecorded();
    service.face.limits.set({});
    await service.call(listFragments, { ...CAMERA, FragmentSelector });
    service.face.limits.set({ profile: 'aws' });
    expect(spent(service)).toEqual({});
  });
});

describe('a pool', () => {
  it('that has anything left lets a call go into debt, and none until that is paid', async () => {
    const { service, numbers } = await startRecorded({ 'points.media': 2 });
    const Fragments = numbers.slice(0, 1);
    await service.open(getMediaForFragmentList, { Fragments: Array(10).fill(numbers[0]) });
    await expect(service.open(getMediaForFragmentList, { Fragments })).rejects.toMatchObject(LIMITED);
    const passesAt = new Date(START + 4001).toISOString();
    const { throttled } = service.face.requests.list().at(-1) ?? {};
    expect(throttled).toEqual({ limit: 'points.media', cost: 1, level: -8, passesAt });
    await service.clock.advance(4000);
    await expect(service.open(getMediaForFragmentList, { Fragments })).rejects.toMatchObject(LIMITED);
    await service.clock.advance(1);
    await service.open(getMediaForFragmentList, { Fragments });
  });

  it('that lacks refuses, and the other one is not charged', async () => {
    const { service } = await startRecorded({ 'points.media': 0 });
    const ClipFragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: RANGE };
    await expect(service.open(getClip, { ClipFragmentSelector })).rejects.toMatchObject(LIMITED);
    expect(spent(service)).toEqual({ metadata: 0, media: 0 });
  });

  it('of 10,000 lets ten lists of 1,000 through at once', async () => {
    const { service } = await startRecorded();
    const list = () => service.call(listFragments, { ...CAMERA, FragmentSelector, MaxResults: 1000 });
    for (let i = 0; i < 10; i++) await list();
    await expect(list()).rejects.toMatchObject(LIMITED);
    await service.clock.advance(1);
    await list();
    await expect(list()).rejects.toMatchObject(LIMITED);
    await service.clock.advance(99);
    await expect(list()).rejects.toMatchObject(LIMITED);
    await service.clock.advance(1);
    await list();
  });
});

describe('a playback session', () => {
  it('is given five lists of a kind and twenty segments of a kind in a second, by itself', async () => {
    const { service } = await startRecorded();
    const open = async (): Promise<string> => {
      const HLSFragmentSelector = FragmentSelector;
      const answer = await service.call(getHLSStreamingSessionURL, {
        ...{ ...CAMERA, PlaybackMode: 'ON_DEMAND', HLSFragmentSelector },
      });
      return answer.HLSStreamingSessionURL;
    };
    const url = await open();
    const media = `${url.replace('getHLSMasterPlaylist.m3u8', 'getHLSMediaPlaylist.m3u8')}&TrackNumber=1`;
    const { body } = await service.get(media);
    for (let i = 0; i < 5; i++) await service.get(url);
    const master = "Limit exceeded on number of requests for GetHLSMasterPlaylist API for resource 'camera'";
    await expect(service.get(url)).rejects.toMatchObject({ ...LIMITED, message: master });
    for (let i = 0; i < 4; i++) await service.get(media);
    await expect(service.get(media)).rejects.toMatchObject({ status: 400 });
    await service.get(await open());
    const number = /FragmentNumber=(\d+)/.exec(Buffer.from(body).toString())?.[1];
    const path = `getMP4MediaFragment.mp4?SessionToken=${new URL(url).searchParams.get('SessionToken')}`;
    const segment = new URL(`${path}&FragmentNumber=${number}&TrackNumber=1`, url).href;
    for (let i = 0; i < 20; i++) await service.get(segment);
    await expect(service.get(segment)).rejects.toMatchObject({ status: 400 });
    await service.clock.advance(50);
    await service.get(segment);
    await expect(service.get(url)).rejects.toMatchObject({ status: 400 });
    await service.clock.advance(150);
    await service.get(url);
    const gauges = service.face.limits.stream('camera').gauges.filter(({ name }) => name.startsWith('session.'));
    expect(gauges.map(({ name, operation, refused }) => `${name} ${operation} ${refused}`)).toEqual([
      'session.playlistRate GetHLSMediaPlaylist 1',
      'session.playlistRate GetHLSMasterPlaylist 2',
      'session.segmentRate GetMP4MediaFragment 1',
      'session.playlistRate GetHLSMasterPlaylist 0',
    ]);
  });
});
