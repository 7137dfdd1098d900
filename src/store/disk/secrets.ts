import type { Catalogue } from './catalogue.ts';

/** The table of the catalogue that has them. */
const TABLE = 'secrets';

/** Texts that the emulator itself has to keep, by their names. */
export class Secrets {
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  read(name: string): string | undefined {
    const found = this.#catalogue.tables.get(TABLE)?.get(name);
    return typeof found === 'string' ? found : undefined;
  }

  write(name: string, text: string): void {
    this.#catalogue.note(TABLE, name, text);
  }
}
