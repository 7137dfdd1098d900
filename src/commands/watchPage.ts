// The page that plays streams in a browser. It needs nothing but what it is served: a player of its own.

const STYLE = `
body { margin: 0; background: #111; color: #ddd; font: 15px/1.4 system-ui, sans-serif; }
main { display: flex; flex-wrap: wrap; gap: 16px; padding: 16px; }
figure { margin: 0; flex: 1 1 420px; max-width: 960px; }
video { width: 100%; background: #000; image-rendering: pixelated; }
figcaption { display: flex; gap: 8px; align-items: baseline; padding: 4px 0; }
button { background: #333; color: #ddd; border: 0; border-radius: 4px; padding: 4px 10px; cursor: pointer; }
button[aria-pressed=true] { background: #2a6; color: #fff; }
small { color: #999; }
`;

/** Runs in the browser: HLS as fragmented MP4, by Media Source Extensions, or by the browser itself where it has none. */
const SCRIPT = `
const attribute = (line, name) => (line.match(new RegExp(name + '=(?:"([^"]*)"|([^,]*))')) || []).slice(1).find(Boolean);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function text(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error((await answer.text()).slice(0, 300) || answer.status);
  return (await answer.text()).split(/\\r?\\n/);
}

class Player {
  constructor(video, said) { this.video = video; this.said = said; this.turn = 0; }

  async play(stream, ago) {
    const turn = ++this.turn;
    const current = () => turn === this.turn;
    while (current()) {
      try {
        this.said('');
        await this.session(stream, ago, current);
      } catch (error) {
        if (current()) this.said(error.message);
      }
      await wait(1500);
    }
  }

  async session(stream, ago, current) {
    const [master] = await text('/session?' + new URLSearchParams({ stream, ago }));
    const { video } = this;
    if (!window.MediaSource) { video.src = master; video.play(); return new Promise(() => {}); }
    const lines = await text(master);
    const at = lines.findIndex((line) => line.startsWith('#EXT-X-STREAM-INF'));
    const audio = lines.find((line) => line.startsWith('#EXT-X-MEDIA') && line.includes('TYPE=AUDIO'));
    const codecs = attribute(lines[at], 'CODECS').split(',');
    const isSound = (codec) => /^(mp4a|alaw|ulaw)/.test(codec);
    const tracks = [{ playlist: lines[at + 1], codecs: audio ? codecs.filter((codec) => !isSound(codec)) : codecs }];
    if (audio) tracks.push({ playlist: attribute(audio, 'URI'), codecs: codecs.filter(isSound) });
    const source = new MediaSource();
    video.src = URL.createObjectURL(source);
    await new Promise((resolve) => source.addEventListener('sourceopen', resolve, { once: true }));
    for (const track of tracks) {
      track.playlist = new URL(track.playlist, master);
      track.buffer = source.addSourceBuffer('video/mp4; codecs="' + track.codecs.join() + '"');
    }
    await Promise.all(tracks.map((track) => this.fill(track, ago === '0', () => current() && !video.error)));
    if (video.error) throw new Error(video.error.message);
  }

  /** One track of a session, segment by segment, for as long as it goes on. */
  async fill({ playlist, buffer }, live, current) {
    const { video } = this;
    const change = (work) => new Promise((resolve, reject) => {
      buffer.addEventListener('updateend', resolve, { once: true });
      try { work(); } catch (error) { reject(error); }
    });
    const append = async (path) => {
      const answer = await fetch(new URL(path, playlist));
      if (!answer.ok) throw new Error((await answer.text()).slice(0, 300));
      const bytes = await answer.arrayBuffer();
      if (current()) await change(() => buffer.appendBuffer(bytes));
    };
    let map;
    let next = 0;
    while (current()) {
      const media = await text(playlist);
      let number = Number((media.find((line) => line.startsWith('#EXT-X-MEDIA-SEQUENCE')) || ':0').split(':')[1]);
      let wanted;
      for (const line of media) {
        if (line.startsWith('#EXT-X-MAP')) wanted = attribute(line, 'URI');
        if (line === '' || line.startsWith('#')) continue;
        if (number++ < next) continue;
        // What is far ahead of the picture can wait.
        while (current() && !live && video.buffered.length > 0 && video.buffered.end(video.buffered.length - 1) - video.currentTime > 60) await wait(500);
        if (!current()) return;
        if (wanted !== map) await append(map = wanted);
        await append(line);
        next = number;
        this.follow(video.buffered, live);
        const old = buffer.buffered.length > 0 && video.currentTime - buffer.buffered.start(0) > 60;
        if (old) await change(() => buffer.remove(0, video.currentTime - 30));
      }
      if (media.some((line) => line.startsWith('#EXT-X-ENDLIST'))) return;
      this.follow(video.buffered, live);
      await wait(700);
    }
  }

  /** Begins where there is something, leaps over gaps, and keeps up with what is live. */
  follow(buffered, live) {
    const { video } = this;
    if (buffered.length === 0) return;
    const end = buffered.end(buffered.length - 1);
    const here = video.currentTime;
    let inside = false;
    for (let i = 0; i < buffered.length; i++) inside = inside || (here >= buffered.start(i) && here < buffered.end(i) - 0.1);
    if (live && (!inside && end - here > 0.5 || end - here > 12)) video.currentTime = Math.max(buffered.start(buffered.length - 1), end - 4);
    else if (!inside)
      for (let i = 0; i < buffered.length; i++)
        if (buffered.start(i) > here) { video.currentTime = buffered.start(i) + 0.01; break; }
    video.play().catch(() => {});
  }
}

for (const figure of document.querySelectorAll('figure')) {
  const stream = figure.dataset.stream;
  const player = new Player(figure.querySelector('video'), (words) => { figure.querySelector('small').textContent = words; });
  const buttons = figure.querySelectorAll('button');
  for (const button of buttons)
    button.onclick = () => {
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      player.play(stream, button.dataset.ago);
    };
  buttons[0].click();
}
`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const FROM: readonly (readonly [seconds: number, label: string])[] = [
  [0, 'live'],
  [60, 'a minute ago'],
  [600, '10 minutes ago'],
  [3600, 'an hour ago'],
];

const figure = (stream: string): string =>
  `<figure data-stream="${escaped(stream)}"><video muted autoplay playsinline controls></video>` +
  `<figcaption><b>${escaped(stream)}</b>` +
  FROM.map(([seconds, label]) => `<button data-ago="${seconds}">${label}</button>`).join('') +
  '<small></small></figcaption></figure>';

/** A page with a player for each stream. `/session` of the same place gives it the address to play. */
export const watchPage = (streams: readonly string[]): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(streams.join(', '))} - kvs-emulator</title>` +
  `<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><style>${STYLE}</style>` +
  `<main>${streams.map(figure).join('')}</main><script>${SCRIPT}</script></html>`;
