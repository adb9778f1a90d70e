/** The day before, by the clock of the pages. */

import { momentAt, wallTime } from '../parts/zone.svelte';
import type { Span } from '../past/span';

/** In milliseconds since the run began; null where the run had not begun, or began today. */
export function yesterday(nowUtcMs: number, zeroUtcMs: number): Span | null {
  const [year, month, day] = wallTime(nowUtcMs);
  const untilMs = momentAt(year, month, day) - zeroUtcMs;
  return untilMs <= 0 ? null : { fromMs: Math.max(0, momentAt(year, month, day - 1) - zeroUtcMs), untilMs };
}
