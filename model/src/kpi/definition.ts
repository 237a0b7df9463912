/** A key performance indicator: what it is called, what it means, and who says so. */
export interface Definition {
  name: { en: string; zh: string };
  /** '%' figures are fractions in data (0.75) and percentages on screens. */
  unit: '%' | 'kWh' | 'items' | 's' | 'h' | 'kWh/item' | 'kgce' | 'kgce/item' | 'kg' | 'items/h' | '1';
  /** Which way is better; `none` for quantities. */
  direction: 'up' | 'down' | 'none';
  /** Formula in the symbols of the source. */
  formula: string;
  source: string;
  /** Raised when the same inputs give another value than before; 1 unless stated. */
  version?: number;
  /** The sums that it is computed from, as results list them. */
  inputs?: readonly string[];
  /** What a programme or the literature asks for, where somebody does. Boards colour by it. */
  target?: { value: number; source: string };
  /** Digits after the point on screens (after conversion to %). */
  decimals: number;
  /** The figure of the catalogue's example shift, with its numbers; the code is tested against it. */
  example: { calculation: string; value: number };
}

export const iso22400 = (title: string) => `ISO 22400-2:2014 / GB/T 34044.2-2017, ${title}`;
