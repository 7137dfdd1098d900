// What GetMedia is held against: sends so many bytes (GET /BYTES) from one Buffer, in a body of unknown length.
import { serve } from './serve.mjs';

let buffer = Buffer.alloc(0);
serve((request, response) => {
  const size = Number(request.url.slice(1));
  // Not alloc(): pages that nobody has written to are all the same one, and that one is always in the cache.
  if (buffer.length !== size) buffer = Buffer.alloc(size, 'media');
  response.writeHead(200, { 'Transfer-Encoding': 'chunked' });
  response.end(buffer);
});
