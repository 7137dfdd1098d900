// What was sent, read again: GetMedia, lists of fragments, clips, pictures.
import { fixture, NOW } from '../player.mjs';
import { lastHour, range } from './inputs.mjs';

const START = NOW - 3600;
const FILE = 'h264-aac-gop1s.mkv';

async function recorded(play) {
  const { StreamARN } = await play.ask('CreateStream', { StreamName: 'cam', DataRetentionInHours: 2 });
  const numbers = await play.put('what is read', 'cam', fixture(FILE));
  return { StreamARN, numbers };
}

export async function getMedia(play) {
  const { numbers } = await recorded(play);
  const idle = { fragments: 4, enough: () => play.advance('30s') };
  await play.getMedia('EARLIEST', 'cam', { StartSelectorType: 'EARLIEST' }, idle);
  await play.getMedia('without an endpoint', 'cam', { StartSelectorType: 'EARLIEST' }, { ...idle, at: '' });
  const after = (AfterFragmentNumber) => ({ StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber });
  await play.getMedia('FRAGMENT_NUMBER', 'cam', after(numbers[1]), { ...idle, fragments: 2 });
  await play.getMedia('FRAGMENT_NUMBER, padded', 'cam', after(`000${numbers[2]}`), { ...idle, fragments: 1 });
  await play.getMedia('FRAGMENT_NUMBER of the future', 'cam', after('9'.repeat(47)));
  await play.getMedia('FRAGMENT_NUMBER of none', 'cam', { StartSelectorType: 'FRAGMENT_NUMBER' });
  const token = (ContinuationToken) => ({ StartSelectorType: 'CONTINUATION_TOKEN', ContinuationToken });
  await play.getMedia('CONTINUATION_TOKEN', 'cam', token(numbers[2]), { ...idle, fragments: 1 });
  await play.getMedia('CONTINUATION_TOKEN of nobody', 'cam', token('nonsense'));
  const time = (StartSelectorType, StartTimestamp) => ({ StartSelectorType, StartTimestamp });
  await play.getMedia('PRODUCER_TIMESTAMP', 'cam', time('PRODUCER_TIMESTAMP', START + 2.5), { ...idle, fragments: 2 });
  await play.getMedia('SERVER_TIMESTAMP', 'cam', time('SERVER_TIMESTAMP', NOW), { ...idle, fragments: 1 });
  await play.getMedia('PRODUCER_TIMESTAMP of none', 'cam', time('PRODUCER_TIMESTAMP'));
  await play.getMedia('a time before all', 'cam', time('PRODUCER_TIMESTAMP', 1), idle);
  await play.getMedia('a time behind all', 'cam', time('SERVER_TIMESTAMP', NOW + 9999), { ...idle, fragments: 0 });
  await play.getMedia('of nothing', 'cam', undefined);
  await play.getMedia('of a stream that is not there', 'absent', { StartSelectorType: 'NOW' }, { at: '' });
}

/** Readers of what is only being sent. */
export async function live(play) {
  const { concat, document, fragment } = play.matroska;
  const { StreamARN } = await play.ask('CreateStream', { StreamName: 'live' });
  /** Begins a fragment and resolves when the reader has come to it. */
  const begin = async (label, start, reader) => {
    const session = await play.openPut(label, 'live', { start: String(start) });
    await session.connection.sendChunk(concat(document(), fragment(0)));
    await session.answer.until(({ text }) => text.includes('BUFFERING'));
    const number = /"FragmentNumber":"(\d+)"/.exec(session.answer.text)?.[1];
    await reader.until(({ text }) => text.includes(`${number}`));
    return session;
  };
  const breaks = async (reader) => {
    const media = concat(document(), fragment(0), fragment(2000));
    await play.put('for a reader that waits', 'live', media, { last: 'RECEIVED' });
    await play.advance('1s');
    const session = await begin('that breaks under its reader', NOW - 60, reader);
    await session.connection.send('zz\r\n');
    await session.finish();
  };
  const deletes = async (reader) => {
    const session = await begin('whose stream is deleted under its reader', NOW - 30, reader);
    await play.ask('DeleteStream', { StreamARN });
    await session.finish();
  };
  const start = { StartSelectorType: 'NOW' };
  await play.getMedia('NOW, of what breaks', 'live', start, { enough: breaks });
  await play.getMedia('NOW, of what is deleted', 'live', start, { enough: deletes });
  await play.ask('CreateStream', { StreamName: 'long' });
  await play.getMedia('NOW, and nothing comes', 'long', start, { enough: () => play.advance('45m') });
}

export async function archive(play) {
  const { StreamARN, numbers } = await recorded(play);
  const at = await play.endpoint('cam', 'LIST_FRAGMENTS');
  const list = (input, options) => play.ask('ListFragments', input, { at, ...options });
  await list({ StreamName: 'cam', FragmentSelector: lastHour }, { at: '' });
  await list({ StreamARN, FragmentSelector: range(START, START + 2.005) });
  await list({ StreamARN, FragmentSelector: range(NOW - 1, NOW + 1, 'SERVER_TIMESTAMP') });
  await list({ StreamARN, FragmentSelector: range(NOW - 9000, NOW - 8000, 'SERVER_TIMESTAMP') });
  await list({ StreamARN, FragmentSelector: range(NOW, NOW - 9) });
  await list({ StreamName: 'cam', StreamARN, FragmentSelector: lastHour });
  await list({ StreamName: 'cam' });
  let token;
  do {
    const page = await list({
      StreamName: 'cam',
      MaxResults: 1,
      ...(token ? { NextToken: token } : { FragmentSelector: lastHour }),
    });
    token = page.NextToken ?? undefined;
  } while (token !== undefined);
  await list({ StreamName: 'cam', NextToken: 'nonsense' });
  const media = (Fragments, options) =>
    play.ask('GetMediaForFragmentList', { StreamName: 'cam', Fragments }, { at, ...options });
  await media(numbers);
  await media([...numbers].reverse(), { at: '' });
  await media([numbers[0], numbers[0]]);
  await media([numbers[0], '12345', 'x']);
  await media([numbers[0], '12345']);
  await media([]);
  const clip = (ClipFragmentSelector, options) =>
    play.ask('GetClip', { StreamName: 'cam', ClipFragmentSelector }, { at, ...options });
  await clip(lastHour);
  await clip(range(START, START + 1.5), { at: '' });
  await clip(range(NOW - 9, NOW + 1, 'SERVER_TIMESTAMP'));
  await clip(range(NOW - 9, NOW + 999, 'SERVER_TIMESTAMP'), { why: 'that ends in the future' });
  await clip(range(START + 100, START + 200));
  await clip(range(NOW, NOW - 9));
  await clip(range(NOW - 200_000, NOW));
  await clip(range(NOW - 20_000, NOW - 19_000, 'SERVER_TIMESTAMP'));
  await play.ask('CreateStream', { StreamName: 'unkept' });
  const other = await play.endpoint('unkept', 'GET_CLIP');
  await play.ask('GetClip', { StreamName: 'unkept', ClipFragmentSelector: lastHour }, { at: other });
  await play.ask('GetClip', { StreamName: 'cam', ClipFragmentSelector: lastHour }, { at: other });
  await play.put('of other tracks', 'cam', fixture('h265-aac-gop1s.mkv'), { start: String(START + 60) });
  await clip(lastHour, { why: 'across a change of tracks' });
  await clip(range(START + 59, START + 90));
  await play.advance('3h');
  await list({ StreamARN, FragmentSelector: lastHour }, { why: 'when all has expired' });
  await media(numbers, { why: 'when all has expired' });
  await clip(lastHour, { why: 'when all has expired' });
}

export async function images(play) {
  await recorded(play);
  const at = await play.endpoint('cam', 'GET_IMAGES');
  const least = {
    ...{ StreamName: 'cam', ImageSelectorType: 'PRODUCER_TIMESTAMP', StartTimestamp: START, EndTimestamp: START + 4 },
    Format: 'JPEG',
  };
  const ask = (more, options) => play.ask('GetImages', { ...least, ...more }, { at, ...options });
  await ask({ SamplingInterval: 1000, WidthPixels: 64, HeightPixels: 36 });
  await ask({ Format: 'PNG', WidthPixels: 64, HeightPixels: 36 });
  await ask({ FormatConfig: { JPEGQuality: '10' }, EndTimestamp: START + 1 });
  const { NextToken } = await ask({ SamplingInterval: 1000, MaxResults: 1 });
  await ask({ SamplingInterval: 1000, MaxResults: 1, NextToken });
  await ask({ NextToken: 'AAAA' });
  await ask({ SamplingInterval: 100 });
  await ask({ FormatConfig: { JPEGQuality: '101' } });
  await ask({ WidthPixels: 64 });
  await ask({ StartTimestamp: START + 600, EndTimestamp: START + 660 });
  await ask({ EndTimestamp: START + 301 });
  await ask({ EndTimestamp: START - 1 });
}
