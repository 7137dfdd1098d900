import { StoreError } from '../domain/ports.ts';
import { ControlError, controlErrorOf } from '../emulator/controlError.ts';
import type { SnapshotAsked } from '../emulator/part.ts';
import type { SnapshotSize, SnapshotStore } from '../emulator/snapshotControl.ts';
import type { Room } from '../runtime/room.ts';
import { type Captured, costOf, letGo } from './captured.ts';
import { Held } from './held.ts';
import { begin, capture, isFresh, restore, type World } from './state.ts';
import { unpack } from './unpack.ts';

const MORE = 'Delete others, reset, or give the emulator more with --max-memory.';

/** Takes all of the state, and makes it again. While the clock is being moved it waits. */
export class Snapshots implements SnapshotStore {
  readonly #world: World;
  readonly #room: Room;
  /** There is one that has no room. */
  #lent = false;
  /** What there is from the start. */
  #first: Held | undefined;
  /** Where that is, as long as nobody has read it. */
  #later: (() => AsyncIterable<Uint8Array>) | undefined;

  constructor(world: World, room: Room) {
    this.#world = world;
    this.#room = room;
  }

  async take(asked: SnapshotAsked): Promise<Held> {
    return this.#world.clock.still(() => {
      try {
        return this.#hold(capture(this.#world, asked));
      } catch (error) {
        throw controlErrorOf(error);
      }
    });
  }

  restore(snapshot: Held): Promise<void> {
    return this.#return(() => snapshot.captured);
  }

  async load(source: AsyncIterable<Uint8Array>): Promise<SnapshotSize> {
    const read = await this.#read(source);
    try {
      await this.#return(() => read.captured);
      return read.size;
    } finally {
      read.release();
    }
  }

  /** The same at the start, where there is nothing yet that outlasts the process: a reset leads back to it. */
  async begin(source: AsyncIterable<Uint8Array>): Promise<void> {
    this.#first = await this.#read(source);
    if (!this.fresh) return;
    this.#restore(this.#first.captured);
    await this.#world.records.safe();
  }

  /** Nothing is there that outlasts the process. */
  get fresh(): boolean {
    return isFresh(this.#world);
  }

  /** Has a reset lead to it without reading it before one is asked for. */
  beginLater(source: () => AsyncIterable<Uint8Array>): void {
    this.#later = source;
  }

  /** What a reset leads to is there from now on. Rejects with a ControlError if it cannot be had. */
  async ready(): Promise<void> {
    if (this.#later === undefined) return;
    try {
      this.#first = await this.#read(this.#later());
    } catch (error) {
      const { message, hint } = error as Partial<ControlError>;
      const why = `What the reset would lead to cannot be loaded: ${message}`;
      throw new ControlError(why, hint ?? 'Nothing has been reset. See --snapshot.');
    }
    this.#later = undefined;
  }

  /** Makes what there was from the start again, where a reset has left nothing. */
  again({ time }: { readonly time: boolean }): void {
    if (this.#first !== undefined) begin(this.#world, this.#first.captured, time);
  }

  async #read(source: AsyncIterable<Uint8Array>): Promise<Held> {
    try {
      const { done, ...captured } = await unpack(source, { world: this.#world, room: this.#room });
      done();
      return this.#hold(captured);
    } catch (error) {
      throw controlErrorOf(error);
    }
  }

  /** Where there is no room there is always some for one: an emulator that is full can be saved. */
  #hold(captured: Captured): Held {
    const room = this.#room;
    const cost = costOf(captured);
    const lends = !room.reserveFree(cost);
    if (lends && this.#lent) {
      letGo(captured);
      throw new ControlError('There is no room for one more snapshot.', MORE, undefined, 'busy');
    }
    if (lends) {
      room.occupy(cost);
      this.#lent = true;
    }
    return new Held(captured, () => {
      room.release(cost);
      if (lends) this.#lent = false;
    });
  }

  /** Makes everything as it was. Resolves once that outlasts the process, as far as it ever does. */
  async #return(captured: () => Captured): Promise<void> {
    const { clock, records } = this.#world;
    try {
      await clock.still(async () => {
        // Where nothing can be written now, nothing is taken away either.
        await records.safe();
        this.#restore(captured());
      });
      await records.safe();
    } catch (error) {
      throw controlErrorOf(error);
    }
  }

  #restore(captured: Captured): void {
    try {
      restore(this.#world, captured);
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'full') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ControlError(`The snapshot cannot be had: ${reason}`, 'Nothing has changed. Take another snapshot.');
    }
  }
}
