import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { GetDataEndpointCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import {
  GetHLSStreamingSessionURLCommand,
  KinesisVideoArchivedMediaClient,
} from '@aws-sdk/client-kinesis-video-archived-media';

const FILES = {
  '/': ['page.html', 'text/html'],
  '/hls.js': ['node_modules/hls.js/dist/hls.min.js', 'text/javascript'],
};

/** The URL of a session over what the stream has: to be handed to players, for an hour. */
async function sessionUrl(settings, StreamName) {
  const kvs = new KinesisVideoClient(settings);
  const asked = new GetDataEndpointCommand({ StreamName, APIName: 'GET_HLS_STREAMING_SESSION_URL' });
  const { DataEndpoint: endpoint } = await kvs.send(asked);
  const archive = new KinesisVideoArchivedMediaClient({ ...settings, endpoint });
  const hour = 3_600_000;
  const { HLSStreamingSessionURL } = await archive.send(
    new GetHLSStreamingSessionURLCommand({
      StreamName,
      PlaybackMode: 'ON_DEMAND',
      Expires: 3600,
      HLSFragmentSelector: {
        FragmentSelectorType: 'PRODUCER_TIMESTAMP',
        TimestampRange: { StartTimestamp: new Date(Date.now() - hour), EndTimestamp: new Date(Date.now() + hour) },
      },
    }),
  );
  return HLSStreamingSessionURL;
}

/** Serves the page. `settings` are those of a client of the SDK. */
export const site = (settings) =>
  createServer(async (request, response) => {
    try {
      const [file, type] = FILES[request.url] ?? [];
      if (file !== undefined) response.setHeader('content-type', type).end(await readFile(file));
      else if (request.url === '/session/door') response.end(await sessionUrl(settings, 'door'));
      else response.writeHead(404).end();
    } catch (error) {
      response.writeHead(502).end(error.message);
    }
  });
