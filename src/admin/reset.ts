import { resetRequest } from '../emulator/resetControl.ts';
import { integer } from '../protocol/shapes.ts';
import { route } from './adminRoute.ts';
import { told } from './answerShapes.ts';

export const resetRoutes = [
  route({
    kind: 'json',
    method: 'POST',
    path: '/reset',
    summary: 'takes everything back to how it started, or what is of an account, a region or both',
    input: resetRequest,
    query: ['account', 'region', 'clock', 'data'],
    answer: told({ streams: integer({ means: 'how many have gone' }) }),
    example: { streams: 2 },
    library: ["reset({ account, region, clock: 'keep' })"],
    command: ['reset --account 123456789012 --region eu-west-1', 'reset --keep-clock', 'reset --yes'],
    handle: ({ reset }, which) => reset(which),
  }),
];
