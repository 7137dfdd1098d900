// One caller's way through the service: everything it is answered that has an id in it, as text.
import type { TestEmulator } from './emulator.ts';
import { fixture } from './fixtures.ts';
import { putMedia } from './putMedia.ts';

interface Who {
  account?: string;
  region?: string;
}

export const authorization = ({ account = 'test', region = 'us-east-1' }: Who = {}): string =>
  `AWS4-HMAC-SHA256 Credential=${account}/20300101/${region}/kinesisvideo/aws4_request, SignedHeaders=host, Signature=0`;

/** Calls an operation, and gives its answer back with its head: status, request id, body. */
export async function ask({ url }: TestEmulator, path: string, body: object, who: Who = {}) {
  const headers = { 'content-type': 'application/json', authorization: authorization(who) };
  const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers });
  return { status: response.status, id: response.headers.get('x-amzn-requestid'), text: await response.text() };
}

export interface Seen {
  /** Bodies of answers, and acknowledgements. */
  readonly bodies: string[];
  readonly requestIds: string[];
}

/** @param meanwhile is done before each step */
export async function tour(emulator: TestEmulator, meanwhile: () => Promise<unknown>, who: Who = {}): Promise<Seen> {
  const seen: Seen = { bodies: [], requestIds: [] };
  const step = async (path: string, body: object) => {
    await meanwhile();
    const { status, id, text } = await ask(emulator, path, body, who);
    if (status !== 200) throw new Error(`${path} was refused: ${text}`);
    seen.requestIds.push(String(id));
    // What a client was given leads back to the port that the emulator has got this time.
    seen.bodies.push(text.replaceAll(`:${emulator.port}`, ''));
    return JSON.parse(text);
  };
  const door = { StreamName: 'door' };
  await step('/createStream', { ...door, DataRetentionInHours: 24 });
  const { StreamInfo } = await step('/describeStream', door);
  await step('/createSignalingChannel', { ChannelName: 'door' });
  await step('/describeSignalingChannel', { ChannelName: 'door' });
  for (const producerStart of ['1893456000', '1893456100']) {
    await meanwhile();
    const headers = { authorization: authorization(who) };
    const options = { url: emulator.url, streamName: 'door', producerStart, headers };
    const { body } = await putMedia(options, fixture('h264-gop2s.mkv'));
    // How much of the body has come when the store is done is not a matter of chance, but of the network.
    seen.bodies.push(body.split('\n').sort().join('\n'));
  }
  const TimestampRange = { StartTimestamp: 1893456000, EndTimestamp: 1893456200 };
  const FragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange };
  await step('/listFragments', { ...door, MaxResults: 1, FragmentSelector });
  for (const _ of [1, 2]) {
    const selector = { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: FragmentSelector };
    const { HLSStreamingSessionURL } = await step('/getHLSStreamingSessionURL', { ...door, ...selector });
    seen.bodies.push(await (await fetch(HLSStreamingSessionURL)).text());
  }
  await step('/updateStream', { ...door, CurrentVersion: StreamInfo.Version, DeviceName: 'camera' });
  await step('/describeStream', door);
  await step('/deleteStream', { StreamARN: StreamInfo.StreamARN });
  await step('/createStream', door);
  await step('/describeStream', door);
  await step('/listStreams', {});
  return seen;
}
