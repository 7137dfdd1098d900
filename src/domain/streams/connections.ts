/** Somebody who is sending media to a stream, or being sent them. */
export interface Connection {
  readonly side: 'producer' | 'reader';
  readonly operation: string;
  readonly requestId: string;
  readonly principal: string;
  /** Milliseconds since the epoch, by the emulator's clock. */
  readonly since: number;
  /** Ends it, as the service would. */
  readonly end: () => void;
}

/** Who is connected to one stream. */
export class Connections {
  readonly #all = new Set<Connection>();

  /** Returns how to take it out. */
  add(connection: Connection): () => void {
    this.#all.add(connection);
    return () => void this.#all.delete(connection);
  }

  count(side: Connection['side']): number {
    let count = 0;
    for (const one of this.#all) if (one.side === side) count += 1;
    return count;
  }

  list(): readonly Connection[] {
    return [...this.#all];
  }

  /** Ends those of one side, or all. Returns how many. */
  end(side?: Connection['side']): number {
    const chosen = this.list().filter((one) => side === undefined || one.side === side);
    for (const one of chosen) one.end();
    return chosen.length;
  }
}
