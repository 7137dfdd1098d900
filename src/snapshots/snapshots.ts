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

  /**
   * The same at the start: a reset leads back to it. Where there is something already that outlasts the process, that stays,
   * and it resolves to false.
   */
  async begin(source: AsyncIterable<Uint8Array>): Promise<boolean> {
    const { records } = this.#world;
    this.#first = await this.#read(source);
    if (!isFresh(this.#world)) return false;
    this.#restore(this.#first.captured);
    await records.safe();
    return true;
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
