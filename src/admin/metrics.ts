import { nothing, route } from './adminRoute.ts';

export const metricsRoute = route({
  kind: 'document',
  method: 'GET',
  path: '/metrics',
  summary: 'CloudWatch’s metrics by stream, and those of the process, as Prometheus reads them',
  input: nothing('This'),
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  example:
    '# HELP kvs_put_media_incoming_bytes_total Bytes that producers have sent\n' +
    '# TYPE kvs_put_media_incoming_bytes_total counter\n' +
    'kvs_put_media_incoming_bytes_total{stream="cam",account="000000000000",region="us-east-1"} 183203\n',
  library: ['metrics()'],
  command: ['metrics'],
  handle: ({ metrics }) => metrics(),
});
