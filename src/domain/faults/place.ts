import type { Pieces, Scene } from './scene.ts';

/** Where in a body a rule says that something comes to pass. Told piece by piece. */
class Place {
  readonly #fragment: number | undefined;
  readonly #clusters: ReturnType<Scene['findClusters']> | undefined;
  readonly #afterBytes: number;
  /** Offset in the body; undefined until it is known. */
  #target: number | undefined;
  #offset = 0;
  #count = 0;

  constructor(scene: Scene, fragment: number | undefined) {
    this.#afterBytes = scene.rule.match.afterBytes ?? 0;
    this.#fragment = fragment;
    if (fragment === undefined) this.#target = this.#afterBytes;
    else this.#clusters = scene.findClusters();
  }

  get isAtStart(): boolean {
    return this.#target === 0;
  }

  /** How many bytes of the piece go before it; undefined if it is not in sight. */
  within(piece: Uint8Array): number | undefined {
    for (const { start, headEnd } of this.#clusters?.push(piece) ?? []) {
      this.#count += 1;
      // A fragment that is shorter than that has no such place.
      if (this.#target !== undefined && start <= this.#target) this.#target = Number.POSITIVE_INFINITY;
      if (this.#count === this.#fragment) this.#target = Math.max(headEnd, start + this.#afterBytes);
    }
    const left = (this.#target ?? Number.POSITIVE_INFINITY) - this.#offset;
    this.#offset += piece.length;
    return left <= piece.length ? Math.max(left, 0) : undefined;
  }
}

/**
 * Passes bytes on; at the rule's place `act` says what follows: more of them, or no more. Of a fragment the place is
 * behind the head of its Cluster, so that it has begun and is not whole.
 */
export async function* actAt(
  scene: Scene,
  pieces: Pieces,
  act: () => Promise<'go on' | 'end'>,
  fragment = scene.rule.match.fragment,
): AsyncGenerator<Uint8Array> {
  const place = new Place(scene, fragment);
  let passed = place.isAtStart;
  if (passed && (await act()) === 'end') return;
  for await (const piece of pieces) {
    const at = passed ? undefined : place.within(piece);
    if (at === undefined) {
      yield piece;
      continue;
    }
    passed = true;
    if (at > 0) yield piece.subarray(0, at);
    if ((await act()) === 'end') return;
    if (at < piece.length) yield piece.subarray(at);
  }
}
