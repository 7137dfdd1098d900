import { type AdminOptions, adminUpload } from '../client/call.ts';
import type { CommandIO, ExitCode } from './command.ts';
import { plural } from './format.ts';
import { whose } from './service.ts';

interface Placed {
  readonly fragments: number;
  readonly expired: number;
  readonly warnings: readonly { readonly text: string }[];
}

interface Past {
  readonly stream: string;
  /** As the route takes it: `start` or `ago`, `loop` or `until`. */
  readonly past: Readonly<Record<string, string>>;
  readonly json: boolean;
}

/** Has the emulator put media where they belong, and says how many fragments there are of them. */
export async function placePast(
  io: CommandIO,
  options: AdminOptions,
  { stream, past, json }: Past,
  media: AsyncIterable<Uint8Array>,
): Promise<ExitCode> {
  const query = `?${new URLSearchParams({ ...whose(io), ...past })}`;
  const path = `/streams/${encodeURIComponent(stream)}/media`;
  const placed = await adminUpload<Placed>(options, path, query, media);
  for (const { text: said } of placed.warnings) io.stderr.write(`Warning: ${said}\n`);
  if (json) {
    io.stdout.write(`${JSON.stringify(placed, undefined, 2)}\n`);
    return 0;
  }
  const over = placed.expired === 0 ? '' : `; ${placed.expired} more are older than it retains`;
  io.stdout.write(`${plural(placed.fragments, 'fragment')} of the past in ${stream}${over}.\n`);
  return 0;
}
