// Fetches the playlist and the first segment of what the camera has recorded. It knows nothing of an emulator.
import { GetDataEndpointCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import {
  GetHLSStreamingSessionURLCommand,
  KinesisVideoArchivedMediaClient,
} from '@aws-sdk/client-kinesis-video-archived-media';

const StreamName = 'door';
const kvs = new KinesisVideoClient();
const { DataEndpoint: endpoint } = await kvs.send(
  new GetDataEndpointCommand({ StreamName, APIName: 'GET_HLS_STREAMING_SESSION_URL' }),
);
const archive = new KinesisVideoArchivedMediaClient({ endpoint });
const minutes = (n) => new Date(Date.now() + n * 60_000);
const { HLSStreamingSessionURL } = await archive.send(
  new GetHLSStreamingSessionURLCommand({
    StreamName,
    PlaybackMode: 'ON_DEMAND',
    HLSFragmentSelector: {
      FragmentSelectorType: 'SERVER_TIMESTAMP',
      TimestampRange: { StartTimestamp: minutes(-2), EndTimestamp: minutes(0) },
    },
  }),
);
async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}
const firstOf = (playlist, base) => new URL(/^[^#\n].*$/m.exec(playlist)[0], base);
const media = firstOf(await (await fetched(HLSStreamingSessionURL)).text(), HLSStreamingSessionURL);
const segment = firstOf(await (await fetched(media)).text(), media);
const { byteLength } = await (await fetched(segment)).arrayBuffer();
console.log(`${segment.host} has a segment of ${byteLength} bytes`);
