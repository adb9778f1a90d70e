/** The day before, by the clock where the reader sits. */

import type { Span } from '../past/span';

/** In milliseconds since the run began; null where the run had not begun, or began today. */
export function yesterday(nowUtcMs: number, zeroUtcMs: number): Span | null {
  const midnight = new Date(nowUtcMs);
  midnight.setHours(0, 0, 0, 0);
  const before = new Date(midnight);
  before.setDate(before.getDate() - 1);
  const untilMs = midnight.getTime() - zeroUtcMs;
  return untilMs <= 0 ? null : { fromMs: Math.max(0, before.getTime() - zeroUtcMs), untilMs };
}
