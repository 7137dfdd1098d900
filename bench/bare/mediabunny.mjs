// What a segment's URL is held against: GET /N makes the video of fragment N of a file (argument 1) into a segment with
// mediabunny, from bytes at hand to an answer.
import { readFileSync } from 'node:fs';
import { segmentOf } from '../mediabunny.mjs';
import { cut, loadTransmuxers } from '../transmuxers.mjs';
import { serve } from './serve.mjs';

const fragments = cut(await loadTransmuxers(), readFileSync(process.argv[2])).map(({ header, pieces }) =>
  Buffer.concat([header.bytes, ...pieces]),
);
serve(async (request, response) => {
  const segment = await segmentOf(fragments[Number(request.url.slice(1))]);
  response.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': segment.length });
  response.end(segment);
});
