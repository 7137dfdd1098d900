import { FileError, readFrom } from '../runtime/folder.ts';
import { ControlError } from './controlError.ts';
import { placeRequest } from './placeControl.ts';
import type { Metadata, SeedLayout, SeedParts, SeedRecording } from './seedParts.ts';
import type { Placed, SeedPlan } from './seedReader.ts';
import type { MediaSeed, StreamSeed } from './seedShapes.ts';

/** A recording that is to be shown, and where in the seed that is said. */
export interface PlannedMedia {
  readonly path: string;
  readonly recording: SeedRecording;
  readonly layout: SeedLayout;
  readonly tags: Metadata;
}

/** What PutMedia would have warned of. */
export interface SeedWarning {
  /** Of the file, or what stands for it, in the seed. */
  readonly path: string;
  readonly difference: string;
  readonly text: string;
}

/** Recordings by the names of their files, or where they stand in the seed. */
export type Files = Map<string, SeedRecording>;

/** The files of a seed, each read once however often it is named, and let go of together. */
export class SeedMedia {
  readonly warnings: SeedWarning[] = [];
  readonly #parts: SeedParts;
  readonly #plan: SeedPlan;
  /** Where files are: a folder that somebody on this machine has named, or else that of --seed alone. */
  readonly #folder: string | undefined;
  readonly #read: Files;
  readonly #stay: boolean;

  /** @param files those that stay, if they do: what has been read is not read again */
  constructor(parts: SeedParts, plan: SeedPlan, folder: string | undefined, files?: Files) {
    this.#read = files ?? new Map();
    this.#stay = files !== undefined;
    this.#parts = parts;
    this.#plan = plan;
    this.#folder = folder;
  }

  /** Reads what a stream is to show, and finds its place. @throws ControlError with the path */
  async of({ read, path }: Placed<StreamSeed>, now: number): Promise<PlannedMedia[]> {
    const planned: PlannedMedia[] = [];
    let behind = -1;
    for (const [at, media] of (read.media ?? []).entries()) {
      const one = await this.#one(media, `${path}/media/${at}`, behind, now);
      behind = one.layout.last;
      planned.push(one);
    }
    return planned;
  }

  async #one(media: MediaSeed, path: string, behind: number, now: number): Promise<PlannedMedia> {
    const { showing, limits } = this.#parts;
    const recording = await this.#recording(media, path);
    const { start, ago = 0, loop = 1, until, tags = new Map<string, string>() } = media;
    const placing = { start: start ?? now - ago, loop, until: until === 'now' ? now : until };
    const layout = this.#refusing(path, () => showing.plan(recording, placing, behind, now));
    this.#refusing(`${path}/tags`, () => showing.checkTags((name) => limits.of(name), tags));
    return { path, recording, layout, tags };
  }

  async #recording({ file, data = '' }: MediaSeed, path: string): Promise<SeedRecording> {
    const at = `${path}/${file === undefined ? 'data' : 'file'}`;
    const known = this.#read.get(file ?? at);
    if (known !== undefined) return known;
    const { room, showing } = this.#parts;
    const held = room.hold();
    try {
      const bytes = file === undefined ? fromBase64(data, at) : await this.#file(file, at);
      if (!held.to(bytes.length)) {
        throw new ControlError('The memory of the emulator is full.', 'Give it more with --max-memory.', at, 'busy');
      }
      const { recording, warnings } = await showing.read(bytes);
      this.#read.set(file ?? at, recording);
      for (const [difference, text] of warnings) this.warnings.push({ path: at, difference, text });
      return recording;
    } catch (error) {
      throw this.#refusal(at, error);
    } finally {
      held.end();
    }
  }

  async #file(name: string, path: string): Promise<Uint8Array> {
    const sent = this.#plan.seed.files?.get(name);
    if (sent !== undefined) return fromBase64(sent, `/files/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    const folder = this.#folder ?? this.#parts.folder;
    if (folder === undefined) {
      const hint = 'Send its bytes as "data", or start the emulator with --seed: files are beside that.';
      throw new ControlError(`There is no folder to look for "${name.slice(0, 64)}" in.`, hint, path);
    }
    try {
      return await readFrom(folder, name, this.#folder === undefined);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const hint = 'Name a Matroska file by its path from the seed file.';
      throw new ControlError(`"${name.slice(0, 64)}": ${error.message}`, hint, path);
    }
  }

  #refusing<T>(path: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#refusal(path, error);
    }
  }

  #refusal(path: string, error: unknown): unknown {
    return this.#parts.showing.isRefusal(error) ? new ControlError(error.message, placeRequest.hint, path) : error;
  }

  /** Nothing of it is needed any longer but by streams that show it. */
  letGo(): void {
    if (this.#stay) return;
    for (const recording of this.#read.values()) this.#parts.showing.letGo(recording);
    this.#read.clear();
  }
}

function fromBase64(text: string, path: string): Uint8Array {
  if (!/[^A-Za-z0-9+/=\s]/.test(text)) return Buffer.from(text, 'base64');
  throw new ControlError('That is no base64.', 'Encode the bytes of the file: base64 -w0 FILE.', path);
}
