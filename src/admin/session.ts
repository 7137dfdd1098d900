import type { ControlTable } from '../emulator/controlInput.ts';
import { readControl } from '../emulator/controlInput.ts';
import { required, string } from '../protocol/shapes.ts';
import { AdminError, route } from './adminRoute.ts';
import { told } from './answerShapes.ts';

const wish = {
  subject: 'A session',
  hint: 'Send {"token": "..."}: what the emulator was started with as --admin-token.',
  members: { token: required(string({ min: 1, max: 256 })) },
} as const satisfies ControlTable;

export const sessionRoute = route({
  kind: 'json',
  method: 'POST',
  path: '/session',
  summary: 'gives a page the cookie that stands for the admin token',
  input: wish,
  answer: told({}),
  example: {},
  library: { none: 'whoever holds the emulator needs no token' },
  command: { none: 'commands send the token itself, --admin-token' },
  handle(_face, given, call) {
    const { token } = readControl(wish, given);
    if (!call.admit(token)) throw new AdminError(401, 'That is not the admin token.', wish.hint);
    return {};
  },
});
