import type { Value } from '@benchline/model';

/** Of which kind a value is; a flag is an integer of its own kind. */
export const kinds = { none: 0, number: 1, integer: 2, text: 3, flag: 4 } as const;

/** Values of rows as they are kept in memory and in a write's bytes. */
export interface ValuesPart {
  /** Empty, as the slots then are, where no row has a value. */
  kinds: Uint8Array;
  /** A number, or the bits of an integer, or a text's place in `texts`. */
  slots: Float64Array;
  texts: readonly string[];
}

const noValues: ValuesPart = { kinds: new Uint8Array(), slots: new Float64Array(), texts: [] };

/** Values of rows: of each its kind and eight bytes. */
export class Values {
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  /** The same bytes as `numbers`. */
  readonly integers: BigInt64Array;
  readonly texts: readonly string[];

  constructor({ kinds: kindsOf, slots, texts }: ValuesPart = noValues) {
    this.kinds = kindsOf;
    this.numbers = slots;
    this.integers = new BigInt64Array(slots.buffer, slots.byteOffset, slots.length);
    this.texts = texts;
  }

  get(row: number): Value | undefined {
    switch (this.kinds[row]) {
      case kinds.number:
        return this.numbers[row];
      case kinds.integer:
        return this.integers[row];
      case kinds.flag:
        return this.integers[row] === 1n;
      case kinds.text:
        return this.texts[this.numbers[row]!];
      default:
        return undefined;
    }
  }

  /** Whether two rows have the same value, bit by bit. */
  alike(row: number, other: number): boolean {
    return this.kinds[row] === this.kinds[other] && this.integers[row] === this.integers[other];
  }

  slice(first: number, end: number): Values {
    if (this.kinds.length === 0) return this;
    const { texts } = this;
    return new Values({
      ...{ kinds: this.kinds.subarray(first, end), slots: this.numbers.subarray(first, end), texts },
    });
  }

  part(): ValuesPart {
    return { kinds: this.kinds, slots: this.numbers, texts: this.texts };
  }
}

/** Gathers the values of rows; a text that was said before is not kept twice. */
export class ValuesBuilder {
  readonly #values: Values;
  #any = false;
  readonly #texts: string[] = [];
  readonly #places = new Map<string, number>();

  constructor(rows: number) {
    const [kindsOf, slots] = [new Uint8Array(rows), new Float64Array(rows)];
    this.#values = new Values({ kinds: kindsOf, slots, texts: this.#texts });
  }

  set(row: number, value: Value | undefined): void {
    if (value === undefined) return;
    this.#any = true;
    const { kinds: kindsOf, numbers, integers } = this.#values;
    switch (typeof value) {
      case 'number':
        kindsOf[row] = kinds.number;
        numbers[row] = value;
        return;
      case 'bigint':
        kindsOf[row] = kinds.integer;
        integers[row] = value;
        return;
      case 'boolean':
        kindsOf[row] = kinds.flag;
        integers[row] = value ? 1n : 0n;
        return;
      case 'string':
        kindsOf[row] = kinds.text;
        numbers[row] = this.#placeOf(value);
    }
  }

  values(): Values {
    return this.#values;
  }

  /** The same without any room when no row has a value. */
  valuesIfAny(): Values {
    return this.#any ? this.#values : new Values();
  }

  #placeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) this.#places.set(text, (place = this.#texts.push(text) - 1));
    return place;
  }
}
