// Sessions of HLS and DASH, and everything that their addresses lead to.
import { fixture, NOW } from '../player.mjs';
import { range } from './inputs.mjs';

const START = NOW - 3600;
const HLS = 'GetHLSStreamingSessionURL';
const DASH = 'GetDASHStreamingSessionURL';
/** Of a list, the first few segments; the others are made in the same way. */
const MOST_SEGMENTS = 4;

const pathOf = (url = 'http://none/') => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
const get = (play, label, path, options) => play.http(label, { method: 'GET', path, signed: false, ...options });
const linksOf = (text) => [
  ...text.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
  ...[...text.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri),
];
const beside = (path, link) => pathOf(new URL(link, `http://host${path}`).href);

async function playHls(play, label, url) {
  const master = pathOf(url);
  const { text } = await get(play, `${label}: master`, master);
  for (const media of linksOf(text).map((link) => beside(master, link))) {
    const list = await get(play, `${label}: media`, media);
    const segments = linksOf(list.text).map((link) => beside(media, link));
    for (const path of [...segments.slice(0, MOST_SEGMENTS), ...segments.slice(-1)]) {
      await get(play, `${label}: segment`, path);
    }
  }
}

async function playDash(play, label, url) {
  const manifest = pathOf(url);
  const { text } = await get(play, `${label}: manifest`, manifest);
  const links = [...text.matchAll(/(initialization|media)="([^"]+)"/g)].map(([, , link]) =>
    link.replaceAll('&amp;', '&'),
  );
  const base = /<BaseURL>([^<]*)</.exec(text)?.[1] ?? '';
  for (const link of links) {
    for (const number of link.includes('$Number$') ? ['1', '2', '4', '99'] : ['1']) {
      await get(play, `${label}: segment`, beside(manifest, base + link.replace('$Number$', number)));
    }
  }
}

const MODES = {
  'on demand': { PlaybackMode: 'ON_DEMAND', selector: range(START, START + 60) },
  'on demand by server time': { PlaybackMode: 'ON_DEMAND', selector: range(NOW - 60, NOW + 1, 'SERVER_TIMESTAMP') },
  live: { PlaybackMode: 'LIVE' },
  replay: { PlaybackMode: 'LIVE_REPLAY', selector: range(START, START + 60) },
};

async function recorded(play, file) {
  await play.ask('CreateStream', { StreamName: 'cam', DataRetentionInHours: 2 });
  await play.put('what is played', 'cam', fixture(file));
  return play.endpoint('cam', 'GET_HLS_STREAMING_SESSION_URL');
}

export async function hls(play) {
  const at = await recorded(play, 'h264-aac-gop1s.mkv');
  for (const [label, { selector, ...mode }] of Object.entries(MODES)) {
    for (const ContainerFormat of ['FRAGMENTED_MP4', 'MPEG_TS']) {
      const wanted = { StreamName: 'cam', ContainerFormat, HLSFragmentSelector: selector, ...mode };
      const { HLSStreamingSessionURL } = await play.ask(HLS, wanted, { at });
      await playHls(play, `${label}, ${ContainerFormat}`, HLSStreamingSessionURL);
    }
  }
  const all = {
    DiscontinuityMode: 'ALWAYS',
    DisplayFragmentTimestamp: 'ALWAYS',
    Expires: 300,
    MaxMediaPlaylistFragmentResults: 2,
  };
  const HLSFragmentSelector = MODES['on demand'].selector;
  const wanted = { StreamName: 'cam', PlaybackMode: 'ON_DEMAND', HLSFragmentSelector, ...all };
  const { HLSStreamingSessionURL } = await play.ask(HLS, wanted, { at });
  await playHls(play, 'all options', HLSStreamingSessionURL);
  await play.advance('301s');
  await playHls(play, 'expired', HLSStreamingSessionURL);
}

export async function dash(play) {
  const at = await recorded(play, 'h264-bframes-aac-gop2s.mkv');
  for (const [label, { selector, ...mode }] of Object.entries(MODES)) {
    const wanted = { StreamName: 'cam', DASHFragmentSelector: selector, ...mode };
    const { DASHStreamingSessionURL } = await play.ask(DASH, wanted, { at });
    await playDash(play, label, DASHStreamingSessionURL);
  }
  const all = { DisplayFragmentNumber: 'ALWAYS', DisplayFragmentTimestamp: 'ALWAYS', MaxManifestFragmentResults: 2 };
  const DASHFragmentSelector = MODES['on demand'].selector;
  const wanted = { StreamName: 'cam', PlaybackMode: 'ON_DEMAND', DASHFragmentSelector, ...all };
  const { DASHStreamingSessionURL } = await play.ask(DASH, wanted, { at });
  await playDash(play, 'all options', DASHStreamingSessionURL);
}

/** A live session that is asked again while media come. */
export async function growing(play) {
  const at = await recorded(play, 'h264-gop2s.mkv');
  const hlsSession = await play.ask(HLS, { StreamName: 'cam', PlaybackMode: 'LIVE' }, { at });
  const dashSession = await play.ask(DASH, { StreamName: 'cam', PlaybackMode: 'LIVE' }, { at });
  for (const second of [60, 64]) {
    await playHls(play, 'growing', hlsSession.HLSStreamingSessionURL);
    await playDash(play, 'growing', dashSession.DASHStreamingSessionURL);
    await play.put('more', 'cam', fixture('h264-gop2s.mkv'), { start: String(START + second) });
    await play.advance('4s');
  }
  await play.put('of other tracks', 'cam', fixture('h264-aac-gop1s.mkv'), { start: String(START + 70) });
  await playHls(play, 'with other tracks', hlsSession.HLSStreamingSessionURL);
  await playDash(play, 'with other tracks', dashSession.DASHStreamingSessionURL);
  const { StreamInfo } = await play.ask('DescribeStream', { StreamName: 'cam' });
  await play.ask('DeleteStream', { StreamARN: StreamInfo?.StreamARN });
  await playHls(play, 'of a stream that is gone', hlsSession.HLSStreamingSessionURL);
}

export async function otherMedia(play) {
  for (const file of ['aac', 'h264-mulaw-gop1s', 'h265-aac-gop1s', 'h264-bframes-overlap', 'h264-aac-1fps']) {
    await play.ask('CreateStream', { StreamName: file, DataRetentionInHours: 1 });
    await play.put(file, file, fixture(`${file}.mkv`));
    const at = await play.endpoint(file, 'GET_HLS_STREAMING_SESSION_URL');
    const selector = MODES['on demand'].selector;
    const wanted = { StreamName: file, PlaybackMode: 'ON_DEMAND' };
    for (const ContainerFormat of ['FRAGMENTED_MP4', 'MPEG_TS']) {
      const session = await play.ask(HLS, { ...wanted, ContainerFormat, HLSFragmentSelector: selector }, { at });
      await playHls(play, file, session.HLSStreamingSessionURL);
    }
    const session = await play.ask(DASH, { ...wanted, DASHFragmentSelector: selector }, { at });
    await playDash(play, file, session.DASHStreamingSessionURL);
    await play.ask('GetClip', { StreamName: file, ClipFragmentSelector: selector }, { at });
  }
}

export async function sessionRefusals(play) {
  const at = await recorded(play, 'h264-aac-gop1s.mkv');
  const { selector } = MODES['on demand'];
  for (const [name, member] of Object.entries({ [HLS]: 'HLSFragmentSelector', [DASH]: 'DASHFragmentSelector' })) {
    const ask = (input) => play.ask(name, { StreamName: 'cam', ...input }, { at });
    await ask({ PlaybackMode: 'ON_DEMAND' });
    await ask({ PlaybackMode: 'ON_DEMAND', [member]: {} });
    await ask({ PlaybackMode: 'ON_DEMAND', [member]: { FragmentSelectorType: 'PRODUCER_TIMESTAMP' } });
    await ask({ PlaybackMode: 'ON_DEMAND', [member]: { ...selector, TimestampRange: { StartTimestamp: START } } });
    await ask({ PlaybackMode: 'ON_DEMAND', [member]: range(START + 600, START + 700) });
    await ask({ PlaybackMode: 'ON_DEMAND', [member]: range(NOW, START) });
    await ask({ PlaybackMode: 'ON_DEMAND', [member]: range(START - 90_000, START) });
    await ask({ PlaybackMode: 'LIVE', [member]: selector });
    await ask({ PlaybackMode: 'SOON', Expires: 1, [member]: { FragmentSelectorType: 'NONE' } });
    await play.ask(name, { StreamName: 'cam' }, { why: 'at the control address' });
  }
  await play.ask('CreateStream', { StreamName: 'empty', DataRetentionInHours: 1 });
  const empty = await play.endpoint('empty', 'GET_HLS_STREAMING_SESSION_URL');
  await play.ask(HLS, { StreamName: 'empty' }, { at: empty });
  await play.ask(DASH, { StreamName: 'empty' }, { at: empty });
  await resourceRefusals(play, at);
}

async function resourceRefusals(play, at) {
  const { selector } = MODES['on demand'];
  const mode = { StreamName: 'cam', PlaybackMode: 'ON_DEMAND' };
  const hlsUrl = (await play.ask(HLS, { ...mode, HLSFragmentSelector: selector }, { at })).HLSStreamingSessionURL;
  const dashUrl = (await play.ask(DASH, { ...mode, DASHFragmentSelector: selector }, { at })).DASHStreamingSessionURL;
  const tokens = [hlsUrl, dashUrl].map((url) => new URL(url ?? 'http://none/').searchParams.get('SessionToken') ?? '');
  for (const { name, path } of play.resources) {
    const [own, other] = path.startsWith('/hls') ? tokens : tokens.toReversed();
    const queries = [
      ...['', 'SessionToken=', 'SessionToken=nonsense', `SessionToken=${other}`, `SessionToken=${own.slice(0, -3)}AA~`],
      ...['', '&TrackNumber=9', '&TrackNumber=x', '&FragmentNumber=1', '&FragmentNumber=x&TrackNumber=-1'].map(
        (more) => `SessionToken=${own}${more}`,
      ),
      `SessionToken=${own}&TrackNumber=1&SequenceNumber=99&FragmentNumber=99`,
    ];
    for (const query of queries) await get(play, `${name} ${path}`, `${path}?${query}`);
    const good = `${path}?SessionToken=${own}&FragmentNumber=1`;
    for (const method of ['HEAD', 'POST', 'PUT', 'OPTIONS']) await play.http(`${name} ${path}`, { method, path: good });
    await get(play, `${name} for a page`, good, { headers: { Origin: 'https://example.com' } });
    await get(play, `${name} by a foreign name`, good, { host: 'example.com' });
    await get(play, `${name} in part`, good, { headers: { Range: 'bytes=0-9' } });
    await get(play, `${name} in capitals`, good.replace('/get', '/GET'));
  }
}
