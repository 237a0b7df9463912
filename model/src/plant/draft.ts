import type { Path } from '../config/path.ts';

/**
 * A place in a plant file that may not fit the schema yet. Reference checks read through it, so that one run
 * reports contradictions together with misspelt keys.
 */
export class Spot {
  readonly value: unknown;
  readonly path: Path;

  constructor(value: unknown, path: Path = []) {
    this.value = value;
    this.path = path;
  }

  get(key: string): Spot {
    const value = isGroup(this.value) ? this.value[key] : undefined;
    return new Spot(value, [...this.path, key]);
  }

  /** The items of a list behind a key; none when there is no list. */
  items(key: string): Spot[] {
    const { value, path } = this.get(key);
    return Array.isArray(value) ? value.map((item, i) => new Spot(item, [...path, i])) : [];
  }

  /** The members of a group behind a key; none when there is no group. */
  members(key: string): Spot[] {
    const { value, path } = this.get(key);
    return isGroup(value) ? Object.entries(value).map(([k, v]) => new Spot(v, [...path, k])) : [];
  }

  /** The text behind a key, or here without one. */
  text(key?: string): string | undefined {
    const { value } = key === undefined ? this : this.get(key);
    return typeof value === 'string' ? value : undefined;
  }
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
