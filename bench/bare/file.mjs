// What GetMedia from a data folder is held against: reads a file, and sends it in a body of unknown length.
import { createReadStream } from 'node:fs';
import { serve } from './serve.mjs';

const [, , path] = process.argv;
serve((_request, response) => {
  response.writeHead(200, { 'Transfer-Encoding': 'chunked' });
  createReadStream(path, { highWaterMark: 262_144 }).pipe(response);
});
