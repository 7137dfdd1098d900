import { fraction } from '../protocol/ownShapes.ts';
import { oneOf, string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { told } from './answerShapes.ts';

export const health = route({
  kind: 'json',
  method: 'GET',
  path: '/health',
  summary: 'whether the emulator answers, its version and how long it runs',
  input: nothing('This'),
  answer: told({ status: oneOf('ok'), version: string(), uptimeMs: fraction() }),
  example: { status: 'ok', version: '0.1.0', uptimeMs: 73402 },
  library: ['health()'],
  command: ['health'],
  handle: (face) => face.health(),
});

export const ca = route({
  kind: 'document',
  method: 'GET',
  path: '/ca.pem',
  summary: 'the certificate to trust for https',
  input: nothing('This'),
  contentType: 'application/x-pem-file',
  example: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
  library: ['ca()'],
  command: ['ca'],
  handle: (face) => face.ca(),
});
