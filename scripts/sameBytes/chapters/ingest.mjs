// PutMedia: real files, everything it refuses, and everything by which it ends.
import { fixture, NOW } from '../player.mjs';

const FILES = [
  'aac.mkv',
  'ffmpeg-live.mkv',
  'ffmpeg-pipe.mkv',
  'gst-streamable.mkv',
  'h264-aac-gop1s.mkv',
  'h264-bframes-aac-gop2s.mkv',
  'h264-bframes-overlap.mkv',
  'h264-mulaw-gop1s.mkv',
  'h265-aac-gop1s.mkv',
  'mkvmerge-blockgroups.mkv',
  'mkvmerge-lacing.mkv',
];

const list = (StreamName) => ({
  StreamName,
  FragmentSelector: {
    FragmentSelectorType: 'PRODUCER_TIMESTAMP',
    TimestampRange: { StartTimestamp: 0, EndTimestamp: NOW + 86_400 },
  },
});

export async function files(play) {
  for (const file of FILES) {
    const stream = file.replace('.mkv', '');
    await play.ask('CreateStream', { StreamName: stream, DataRetentionInHours: 1 });
    await play.put(file, stream, fixture(file));
    const at = await play.endpoint(stream, 'LIST_FRAGMENTS');
    await play.ask('ListFragments', list(stream), { at });
  }
  await play.own('GET', '/requests?operation=PutMedia', undefined, { masks: [/(?<="ms":)[\d.]+/g] });
}

export async function putMediaHeads(play) {
  await play.ask('CreateStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  const { StreamInfo } = await play.ask('DescribeStream', { StreamName: 'cam' });
  const media = fixture('h264-gop2s.mkv');
  const put = (label, options, stream = 'cam') => play.put(label, stream, media, options);
  const name = 'x-amzn-stream-name';
  const header = (more) => ({ at: '', headers: more });
  await put('without an endpoint', { at: '' });
  await put('by ARN', { headers: { [name]: undefined, 'x-amzn-stream-arn': StreamInfo?.StreamARN } });
  await put('by both', header({ 'x-amzn-stream-arn': StreamInfo?.StreamARN }));
  await put('by neither', header({ [name]: undefined }));
  await put('of a wrong name', header({ [name]: 'a b' }));
  await put('of a wrong ARN', header({ [name]: undefined, 'x-amzn-stream-arn': 'arn:nonsense' }));
  await put('of a stream that is not there', { at: '' }, 'absent');
  await put('of no type', header({ 'x-amzn-fragment-timecode-type': undefined }));
  await put('of a wrong type', { at: '', type: 'relative' });
  await put('without a start', { at: '', start: null });
  for (const start of ['soon', '', '-1', '1893452400.5', '2029-12-31T23:30:00Z', 'Mon, 31 Dec 2029 23:40:00 GMT']) {
    await put(`from ${start}`, { start });
  }
  await put('of absolute times', { type: 'ABSOLUTE', start: null });
  await put('without acks', { acks: false, headers: { 'x-amzn-fragment-acknowledgment-required': '0' } });
  await put('with acks', { headers: { 'x-amzn-fragment-acknowledgment-required': '1' } });
  await put('with Expect', { headers: { Expect: '100-continue' } });
  await put('on the endpoint of the archive', { at: await play.endpoint('cam', 'GET_CLIP') });
  await put('unsigned', { signed: false });
  await put('from another account', { signed: { account: '111122223333' } });
  await put('over TLS', { secure: true });
  await put('from a Java producer', { headers: { 'User-Agent': 'AWS-SDK-KVS-PRODUCER/1.12.2 JAVA/17.0.2 Linux/6.1' } });
  await put('from a foreign page', header({ Origin: 'https://example.com' }));
  await put('from a page', { headers: { Origin: 'http://localhost:3000' } });
}

function faults({ matroska: { concat, document, fragment, cluster, simpleBlock, claim, tags, text, hex } }) {
  const start = document();
  const many = (count) => Object.fromEntries([...Array(count).keys()].map((at) => [`name ${at}`, 'value']));
  const video = (number) => ({ number });
  const sound = (number) => ({ number, type: 'audio' });
  return {
    nothing: new Uint8Array(),
    garbage: text('this is no Matroska at all, however long it goes on'),
    'another document type': concat(claim(0x1a45dfa3, 5), text('\x42\x82\x82no')),
    'a head alone': start,
    'the end in a Cluster': concat(start, fragment(0).subarray(0, 40)),
    'the end in the head': start.subarray(0, 60),
    'garbage behind a fragment': concat(start, fragment(0), fragment(2000), new Uint8Array(64).fill(0)),
    'a Cluster without a time': concat(start, cluster({}, [simpleBlock({ key: true })]), fragment(2000)),
    'times that go back': concat(start, fragment(2000), fragment(1000), fragment(4000)),
    'times that stay': concat(start, fragment(2000), fragment(2000)),
    'frames that overlap': concat(
      start,
      cluster({ timecode: 0 }, [simpleBlock({ key: true }), simpleBlock({ time: 3000 })]),
      fragment(2000),
      fragment(5000),
    ),
    'a long fragment': concat(
      start,
      cluster({ timecode: 0 }, [simpleBlock({ key: true }), simpleBlock({ time: 21_000 })]),
    ),
    'short fragments': concat(start, fragment(0), fragment(100), fragment(200)),
    'a large frame': concat(start, fragment(0).subarray(0, 8), claim(0xa3, 60_000_000), hex('81000080')),
    'a track that the head does not have': concat(start, fragment(0, { track: 5 })),
    'no frames of a track': concat(document([video(1), sound(2)]), fragment(0), fragment(2000), fragment(4000)),
    'four tracks': concat(document([video(1), sound(2), sound(3), sound(4)]), fragment(0)),
    'no key frame': concat(start, fragment(0, { key: false }), fragment(2000)),
    'ten tags': concat(start, fragment(0), tags(many(10)), fragment(2000)),
    'eleven tags': concat(start, fragment(0), tags(many(11)), fragment(2000)),
    'a long tag': concat(start, fragment(0), tags({ name: 'v'.repeat(300) }), fragment(2000)),
    'a long name of a tag': concat(start, fragment(0), tags({ ['n'.repeat(200)]: 'v' }), fragment(2000)),
    'the end of a fragment': concat(start, fragment(0), tags({ AWS_KINESISVIDEO_END_OF_FRAGMENT: '' }), fragment(2000)),
    'two documents': concat(start, fragment(0), start, fragment(0), fragment(2000)),
    'codec private data that are none': concat(document([{ number: 1, codecPrivate: text('nonsense') }]), fragment(0)),
    'codecs nobody plays': concat(document([{ number: 1, codecId: 'V_VP8' }]), fragment(0), fragment(2000)),
  };
}

export async function mediaFaults(play) {
  for (const [label, media] of Object.entries(faults(play))) {
    const StreamName = label.replaceAll(' ', '-');
    await play.ask('CreateStream', { StreamName, DataRetentionInHours: 1 });
    await play.put(label, StreamName, media);
    const at = await play.endpoint(StreamName, 'LIST_FRAGMENTS');
    await play.ask('ListFragments', list(StreamName), { at });
  }
  await play.ask('CreateStream', { StreamName: 'times', DataRetentionInHours: 1 });
  const media = fixture('h264-gop2s.mkv');
  for (const start of ['0', '1700000000', String(NOW), String(NOW + 3600), String(NOW + 100_000), '99999999999999']) {
    await play.put(`from ${start}`, 'times', media, { start });
  }
  await play.own('GET', '/requests?operation=PutMedia', undefined, { masks: [/(?<="ms":)[\d.]+/g] });
}

/** Ends that come from outside of the media, each with a fragment under way. */
export async function putMediaEnds(play) {
  const { concat, document, fragment } = play.matroska;
  const begin = async (label) => {
    const StreamName = label.replaceAll(' ', '-');
    const { StreamARN } = await play.ask('CreateStream', { StreamName, DataRetentionInHours: 1 });
    const session = await play.openPut(label, StreamName);
    await session.connection.sendChunk(concat(document(), fragment(0)));
    const heard = (word, times = 1) => session.answer.until(({ text }) => text.split(word).length > times);
    await heard('BUFFERING');
    return { ...session, heard, StreamARN };
  };
  const deleted = await begin('the stream is deleted');
  await play.ask('DeleteStream', { StreamARN: deleted.StreamARN });
  await deleted.finish();
  const broken = await begin('broken chunks');
  await broken.connection.send('zz\r\n');
  await broken.finish();
  const idle = await begin('silence');
  for (const times of [1, 2, 3, 4, 5]) {
    await play.advance('5s');
    await idle.heard('IDLE', times);
  }
  await play.advance('5s');
  await idle.finish();
  const speaking = await begin('silence for a while');
  await play.advance('6s');
  await speaking.heard('IDLE');
  await speaking.connection.sendChunk(fragment(2000));
  await speaking.heard('PERSISTED');
  await speaking.connection.send('0\r\n\r\n');
  await speaking.finish();
  const long = await begin('45 minutes');
  for (let minute = 0, times = 1; minute < 45 && long.answer.end === undefined; minute += 0.25, times += 1) {
    await play.advance('15s');
    if (long.answer.end !== undefined || minute >= 44.75) break;
    await long.connection.sendChunk(fragment(times * 2000));
    await long.heard('PERSISTED', times);
  }
  await long.finish();
  const reset = await begin('a reset');
  await play.own('POST', '/reset');
  await reset.finish();
}
