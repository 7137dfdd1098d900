// What DescribeStream is held against: JSON in, the same JSON out.
import { serve } from './serve.mjs';

serve((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const body = JSON.stringify(JSON.parse(Buffer.concat(pieces).toString()));
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
});
