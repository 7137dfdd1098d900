// What PutMedia's ingest is held against: takes a body, counts its bytes, says how many.
import { serve } from './serve.mjs';

serve((request, response) => {
  let bytes = 0;
  request.on('data', (piece) => {
    bytes += piece.length;
  });
  request.on('end', () => response.end(JSON.stringify({ bytes })));
});
