// A page with one player in it, as an application's: its own origin, the player's own bundle, one video element.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { webPagesOf } from '../support/docs.ts';

export type Player = 'hls.js' | 'dash.js' | 'shaka';

/** Apart from the project's own packages, because they are large: `npm ci --prefix test/players` installs them. */
const requirePackage = createRequire(new URL('../players/', import.meta.url));
const BUNDLES: Readonly<Record<Player, string>> = {
  'hls.js': 'hls.js/dist/hls.min.js',
  'dash.js': 'dashjs/dist/modern/umd/dash.all.min.js',
  shaka: 'shaka-player/dist/shaka-player.compiled.js',
};

/** The player as its package brings it for browsers, wherever the package is installed. */
export const bundlePath = (player: Player): string | undefined =>
  (requirePackage.resolve.paths('x') ?? []).map((folder) => join(folder, BUNDLES[player])).find(existsSync);

// biome-ignore lint/suspicious/noExplicitAny: the package may be absent, and then so are its types.
export async function playwright(): Promise<any | undefined> {
  try {
    return (await import(requirePackage.resolve('playwright-core'))).default;
  } catch {
    return undefined;
  }
}

/** What the page keeps of its player, in `window.seen`. */
export interface Seen {
  errors: string[];
  stalls: number;
}

const START: Readonly<Record<Player, string>> = {
  'hls.js': `
    const player = new Hls({ enableWorker: true });
    player.on(Hls.Events.ERROR, (_, { type, details, fatal }) => {
      // Seen as a stall below.
      if (details !== 'bufferStalledError') seen.errors.push([type, details, fatal].join(' '));
    });
    player.loadSource(url);
    player.attachMedia(video);`,
  'dash.js': `
    const player = dashjs.MediaPlayer().create();
    player.updateSettings({ debug: { logLevel: 0 } });
    player.on('error', ({ error }) => seen.errors.push(error.code + ' ' + error.message));
    player.initialize(video, url, true);`,
  shaka: `
    const player = new shaka.Player();
    player.addEventListener('error', ({ detail }) => {
      // An exception of its own ("Cannot read properties of null") when it has run dry; it calls that recoverable, and recovers.
      if (detail.code === undefined && detail.severity === shaka.util.Error.Severity.RECOVERABLE) seen.stalls += 1;
      else seen.errors.push(String(detail.code));
    });
    player.attach(video).then(() => player.load(url)).catch((error) => seen.errors.push('load ' + error.code));`,
};

/** Serves the page on an origin of its own; its URL takes the address to play behind the \`#\`. */
export async function servePage(player: Player): Promise<string> {
  const bundle = readFileSync(bundlePath(player) as string);
  const page = `<!doctype html><meta charset="utf-8"><title>${player}</title>
<video id="video" width="640" height="360" muted autoplay controls></video>
<script src="player.js"></script>
<script>
const url = decodeURIComponent(location.hash.slice(1));
const video = document.getElementById('video');
const seen = window.seen = { errors: [], stalls: 0 };
// A stall is a picture that stands still for as long as a viewer needs to notice. Where the producer was away for a moment
// there is a hole, which players find out by waiting and then pass over.
let waiting;
video.addEventListener('waiting', () => {
  const { currentTime, played, seeking } = video;
  if (played.length === 0 || seeking) return;
  clearTimeout(waiting);
  waiting = window.setTimeout(() => { if (video.currentTime - currentTime < 0.5) seen.stalls += 1; }, 1500);
});
video.addEventListener('error', () => seen.errors.push('video ' + video.error.code + ' ' + video.error.message));
${START[player]}
window.player = player;
</script>`;
  return serve(page, '/player.js', bundle);
}

/** Serves a page and the one script it loads on an origin of their own, and says where. */
async function serve(page: string, scriptPath: string, script: Buffer): Promise<string> {
  const server = createServer((request, response) => {
    const isScript = request.url === scriptPath;
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : request.url === '/' ? page : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Serves the page that docs/playback.md tells a reader to save, beside the package that it tells them to install. */
export const serveDocumentedPage = (): Promise<string> => {
  const bundle = bundlePath('hls.js') as string;
  const [page = ''] = webPagesOf('playback.md');
  return serve(page, '/node_modules/hls.js/dist/hls.min.js', readFileSync(bundle));
};
