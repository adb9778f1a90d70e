/** What stands where on board, by the condition a planner looks at. */

import type { Plan, PlanNews } from '../wire/messages';
import type { End, Hull, Spot, Stack } from './hull';

export const FLAG = {
  LOAD: 1,
  DISCHARGE: 2,
  RESTOW: 4,
  PLUG: 8,
  DANGEROUS: 16,
  GAUGE: 32,
  EMPTY: 64,
  UNVERIFIED: 128,
  HIGH_CUBE: 256,
  HELD: 512,
  PINNED: 1024,
  ASHORE: 2048,
} as const;

export const CONDITIONS = ['arrival', 'discharge', 'now', 'load', 'departure'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface Placed extends Spot {
  box: number;
  slot: number;
  /** It is there before and after the call: grey where only the work is of interest. */
  stays: boolean;
}

/** The boxes of a call in one condition, by index of their bay. Those whose slot the ship does not have are outside. */
export class Aboard {
  private readonly byBay: Placed[][];
  readonly outside: number[] = [];

  /** `now` has the slot of each box as the ship lies at the quay. */
  constructor(hull: Hull, plan: Plan, condition: Condition, now: readonly number[] = []) {
    this.byBay = hull.bays.map(() => []);
    slotsIn(plan, condition, now).forEach((slot, box) => {
      if (!slot) return;
      const spot = hull.spot(slot);
      if (!spot) this.outside.push(box);
      else this.byBay[spot.bay.index]?.push({ ...spot, box, slot, stays: plan.arrival[box] === plan.departure[box] });
    });
  }

  in(bay: number): readonly Placed[] {
    return this.byBay[bay] ?? [];
  }
}

/** The slot of each box in a condition, 0 for not aboard. */
export function slotsIn(plan: Plan, condition: Condition, now: readonly number[]): readonly number[] {
  if (condition === 'now') return now;
  return condition === 'arrival' || condition === 'discharge' ? plan.arrival : plan.departure;
}

/** What the tightest of a stack's limits leaves, in kg; null where none is stated. */
export function weightLeftKg(stack: Stack, loads: Iterable<{ end: End; massKg: number }>): number | null {
  const on: Record<End, number> = { fore: 0, aft: 0, both: 0 };
  for (const { end, massKg } of loads) on[end] += massKg;
  const left: number[] = [];
  if (stack.maxWeight20Kg !== null) left.push(stack.maxWeight20Kg - Math.max(on.fore, on.aft) - on.both / 2);
  if (stack.maxWeight40Kg !== null) left.push(stack.maxWeight40Kg - on.both - (on.fore + on.aft) / 2);
  return left.length ? Math.floor(Math.min(...left)) : null;
}

/** A plan with what an act changed of it. */
export function withNews(plan: Plan, news: PlanNews): Plan {
  const departure = [...plan.departure];
  const flags = [...plan.boxes.flags];
  news.moved.forEach((box, at) => {
    departure[box] = news.slots[at] ?? 0;
    flags[box] = news.box_flags[at] ?? flags[box] ?? 0;
  });
  return {
    ...plan,
    departure,
    boxes: { ...plan.boxes, flags },
    revision: news.revision,
    can_undo: news.can_undo,
    can_redo: news.can_redo,
    refused: news.refused ?? plan.refused,
    queues: news.queues ?? plan.queues,
    yard_moves: news.yard_moves ?? plan.yard_moves,
    figures: news.figures ?? plan.figures,
    costs_min: news.costs_min ?? plan.costs_min,
    bounds: news.bounds ?? plan.bounds,
    departure_curve: news.departure_curve ?? plan.departure_curve,
    findings: news.findings ?? plan.findings,
    pins: news.pins ?? plan.pins,
    changes: news.changes ?? plan.changes,
    log: news.log ?? plan.log,
  };
}
