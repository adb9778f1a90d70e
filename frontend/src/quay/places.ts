/** Where a finding of a berth plan is: the referee names ships by their ids and times by the day of the plan. */

import type { Words } from '../words';

const PLACE = /^(?:day (\d+) (\d\d:\d\d))?(?:, )?(?:ships? (.+))?$/;

/** The ships that a finding names, by their ids. */
export function shipsOf(place: string): string[] {
  return PLACE.exec(place)?.[3]?.split(' and ') ?? [];
}

/** In the reader's language, with ships as `name` tells them. */
export function placeText(place: string, name: (id: string) => string, words: Words): string {
  const [, day, clock] = PLACE.exec(place) ?? [];
  const [one, other] = shipsOf(place).map(name);
  const ships = one && other ? words.berthPlan.both(one, other) : (one ?? '');
  const when = day && clock ? words.dayClock(day, clock) : '';
  if (!when && !ships) return place;
  return when && ships ? words.berthPlan.atTime(when, ships) : when || ships;
}
