// What docs/playback.md lets a reader play, plays whole: each command as it stands there, and every picture counted.
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandsOf } from '../support/docs.ts';
import { startEmulator } from '../support/emulator.ts';
import { describeWith, output, run, scratchFolder } from '../support/programs.ts';

const [recording = '', live = '', clip = ''] = commandsOf('playback.md');
/** In the file that the page plays: four fragments of 25. */
const PICTURES = 100;

/** An emulator in place of the one on the default port, and how to run a block of the page against it. */
async function withPage(strict: boolean) {
  const { url } = await startEmulator({ strict });
  const sh = async (block: string): Promise<string> => {
    const script = block.replaceAll('http://localhost:4580', url);
    const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      env: { KVS_ENDPOINT: url },
    });
    if (code !== 0) throw new Error(`exit code ${code} of\n${script}\n${stdout}${stderr}`);
    return stdout.toString();
  };
  /** The URL that the block says to play. */
  const urlOf = async (block: string): Promise<string> => /'(http\S+)'/.exec(await sh(block))?.[1] ?? 'no URL';
  return { sh, urlOf };
}

/** Pictures that ffmpeg shows of it, and what it says of them. */
async function shown(url: string, ...options: string[]): Promise<{ pictures: number; complaints: string }> {
  const args = ['-v', 'warning', '-threads', '1', ...options, '-i', url, '-map', '0:v', '-f', 'framecrc'];
  const limit = options.includes('-live_start_index') ? ['-frames:v', '125'] : [];
  const { code, stdout, stderr } = await run('ffmpeg', [...args, ...limit, '-']);
  if (code !== 0) throw new Error(stderr);
  return { pictures: stdout.toString().match(/^0,/gm)?.length ?? 0, complaints: stderr };
}

describeWith(['aws', 'ffmpeg', 'ffprobe'], 'docs/playback.md', () => {
  it.each([false, true])('plays a recording whole in ffmpeg, strict: %s', async (strict) => {
    const { urlOf } = await withPage(strict);
    expect(await shown(await urlOf(recording))).toEqual({ pictures: PICTURES, complaints: '' });
  });

  it('plays a camera whole in ffmpeg: all that the live list holds', async () => {
    const { urlOf } = await withPage(true);
    const url = await urlOf(live);
    // Five fragments of the eight, the last of the first pass and all of the second.
    expect(await shown(url, '-live_start_index', '0')).toEqual({ pictures: 125, complaints: '' });
  });

  it('makes a whole clip, and a picture', async () => {
    const { sh } = await withPage(true);
    const folder = scratchFolder();
    const kept = clip.replace(/^rm .*\n/m, '').replaceAll(/\b(clip\.mp4|picture\.jpg)\b/g, `${folder}/$1`);
    await sh(kept);
    expect((await shown(`${folder}/clip.mp4`)).pictures).toBe(PICTURES);
    const size = ['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0'];
    expect((await output('ffprobe', [...size, `${folder}/picture.jpg`])).toString().trim()).toBe('mjpeg,320,180');
  });

  it('says rightly that by server time a fast upload does not play whole', async () => {
    const { urlOf } = await withPage(false);
    const now = Math.floor(Date.now() / 1000);
    const byServer = recording
      .replace(/ --start \S+ --retention \S+/, '')
      .replace('PRODUCER_TIMESTAMP', 'SERVER_TIMESTAMP')
      .replace(/StartTimestamp=[^,]+,EndTimestamp=[^}]+/, `StartTimestamp=${now - 600},EndTimestamp=${now + 600}`);
    expect((await shown(await urlOf(byServer))).pictures).toBeLessThan(PICTURES);
  });
});

describeWith(['aws', 'vlc'], 'docs/playback.md in VLC', () => {
  // VLC plays by the wall clock: on a machine that is busy for a moment it may lose a picture, so it may play three times.
  it('plays a recording whole', { retry: 2 }, async () => {
    const { urlOf } = await withPage(false);
    const url = await urlOf(recording);
    const folder = scratchFolder();
    mkdirSync(`${folder}/pictures`);
    chmodSync(folder, 0o777);
    chmodSync(`${folder}/pictures`, 0o777);
    const scene = ['--video-filter=scene', `--scene-path=${folder}/pictures`, '--scene-ratio=1'];
    const vlc = ['-I', 'dummy', '-A', 'adummy', '-V', 'dummy', '--no-drop-late-frames', '--no-skip-frames', ...scene];
    // It refuses to run as root.
    const who = process.getuid?.() === 0 ? ['runuser', '-u', 'nobody', '--'] : [];
    const [program = '', ...args] = [...who, 'cvlc', ...vlc, '--play-and-exit', url, 'vlc://quit'];
    const { code, stderr } = await run(program, args, { env: { HOME: folder } });
    const pictures = readdirSync(`${folder}/pictures`).length;
    expect([code, pictures], `exit code ${code}, ${pictures} pictures: ${stderr}`).toEqual([0, PICTURES]);
  });
});
