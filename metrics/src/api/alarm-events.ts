import { isoFromNs } from '@benchline/model';
import type { z } from 'zod';
import type { AlarmNews } from '../energy/alarm-watch.ts';
import type { Alarm } from '../energy/alarms.ts';
import { EnergyRules } from '../energy/rules.ts';
import { isWithin } from '../figures/scopes.ts';
import type { AlarmNews as AlarmNewsView, StandingAlarms } from './energy-outlook-schemas.ts';
import { alarmView } from './energy-outlook-views.ts';
import type { ApiParts } from './parts.ts';

/** A reader that is further behind gets all that stand anew instead. */
const mostWaiting = 100;

export interface AlarmEvent {
  event: 'alarms' | 'alarm';
  data: string;
}

/** Energy alarms of what a stream is about: first all that stand, then what happens to any of them. */
export class AlarmEvents {
  readonly #parts: Pick<ApiParts, 'alarms' | 'now'>;
  readonly #rules: EnergyRules;
  readonly #within: string | undefined;
  readonly #stop: () => void;
  /** Undefined: all that stand are to be told. */
  #waiting: AlarmNews[] | undefined;

  /**
   * @param within path of a scope: alarms of it and of what is below it; of the whole plant without it.
   * @param notify called when there is something to tell.
   */
  constructor(
    parts: Pick<ApiParts, 'plant' | 'alarms' | 'now'>,
    within: string | undefined,
    notify: () => void,
  ) {
    this.#parts = parts;
    this.#rules = new EnergyRules(parts.plant);
    this.#within = within;
    this.#stop = parts.alarms.listen((news) => {
      if (!this.#concerns(news.alarm)) return;
      this.#waiting?.push(news);
      if (this.#waiting && this.#waiting.length > mostWaiting) this.#waiting = undefined;
      notify();
    });
  }

  /** What is to be told now, once. */
  *changes(): Generator<AlarmEvent> {
    const at = isoFromNs(this.#parts.now());
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting === undefined) {
      const standing = this.#parts.alarms.standing().filter((alarm) => this.#concerns(alarm));
      const content: z.output<typeof StandingAlarms> = {
        at,
        alarms: standing.map((alarm) => this.#view(alarm)),
      };
      yield { event: 'alarms', data: JSON.stringify(content) };
    }
    for (const { change, alarm } of waiting ?? []) {
      const content: z.output<typeof AlarmNewsView> = { at, change, alarm: this.#view(alarm) };
      yield { event: 'alarm', data: JSON.stringify(content) };
    }
  }

  close(): void {
    this.#stop();
  }

  #view(alarm: Alarm) {
    return alarmView(alarm, { unit: this.#rules.unitOf(alarm.limit.carrier) });
  }

  #concerns({ limit }: Alarm): boolean {
    return this.#within === undefined || isWithin(limit.scope, this.#within);
  }
}
