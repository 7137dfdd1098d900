import { StoreError } from '../domain/ports.ts';
import { ControlError } from '../emulator/controlError.ts';
import type { SnapshotAsked } from '../emulator/part.ts';
import type { SnapshotSize, SnapshotStore } from '../emulator/snapshotControl.ts';
import type { Room } from '../runtime/room.ts';
import { type Captured, costOf, letGo } from './captured.ts';
import { Held } from './held.ts';
import { full } from './staging.ts';
import { begin, capture, restore, type World } from './state.ts';
import { unpack } from './unpack.ts';

const MORE = 'Delete others, reset, or give the emulator more with --max-memory.';

const IN_FILES = 'Copy the folder while no emulator has it, or take the snapshot of one that is in memory.';

/** Takes all of the state, and makes it again. While the clock is being moved it waits. */
export class Snapshots implements SnapshotStore {
  readonly #world: World;
  readonly #room: Room;
  /** There is one that has no room. */
  #lent = false;
  /** What there is from the start. */
  #first: Held | undefined;
  readonly #lasts: boolean;

  /** @param lasts whether what there is lies in a data folder */
  constructor(world: World, room: Room, lasts = false) {
    this.#world = world;
    this.#room = room;
    this.#lasts = lasts;
  }

  /** Bytes in files cannot be shared with a snapshot yet. */
  #requireMemory(): void {
    if (this.#lasts) throw new ControlError('A data folder has no snapshots.', IN_FILES, undefined, 'taken');
  }

  async take(asked: SnapshotAsked): Promise<Held> {
    this.#requireMemory();
    return this.#world.clock.still(() => this.#hold(capture(this.#world, asked)));
  }

  async restore(snapshot: Held): Promise<void> {
    await this.#world.clock.still(() => this.#restore(snapshot.captured));
  }

  async load(source: AsyncIterable<Uint8Array>): Promise<SnapshotSize> {
    const read = await this.#read(source);
    try {
      await this.#world.clock.still(() => this.#restore(read.captured));
      return read.size;
    } finally {
      read.release();
    }
  }

  /** The same before anything else is there: a reset leads back to it. */
  async begin(source: AsyncIterable<Uint8Array>): Promise<void> {
    this.#first = await this.#read(source);
    this.#restore(this.#first.captured);
  }

  /** Makes what there was from the start again, where a reset has left nothing. */
  again({ time }: { readonly time: boolean }): void {
    if (this.#first !== undefined) begin(this.#world, this.#first.captured, time);
  }

  async #read(source: AsyncIterable<Uint8Array>): Promise<Held> {
    this.#requireMemory();
    const { done, ...captured } = await unpack(source, { world: this.#world, room: this.#room });
    done();
    return this.#hold(captured);
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

  #restore(captured: Captured): void {
    try {
      restore(this.#world, captured);
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'full') throw full();
      const reason = error instanceof Error ? error.message : String(error);
      throw new ControlError(`The snapshot cannot be had: ${reason}`, 'Nothing has changed. Take another snapshot.');
    }
  }
}
