/** What holds for a machine from one instant to the next. `order` is empty where there is none. */
export interface Circumstances {
  state: string;
  product: string;
  order: string;
  /** Electrical power drawn meanwhile, W. */
  power_w: number;
}

/** What happens at one instant of a synthetic machine's day. Counts and energy are increments. */
export interface DayEvent {
  /** ms since 1970. */
  time_ms: number;
  /** The circumstances that hold from now on. */
  begins?: Circumstances;
  item?: 'good' | 'scrap';
  /** What a gauge says of that item, mm. */
  diameter_mm?: number;
  /** Energy taken in since the event before that had one, mWh. */
  energy_mwh?: number;
}
