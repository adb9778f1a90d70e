/** What is expected of each box in the yard, by its number. */

import type { YardOutlook } from '../wire/messages';

export interface Outlook {
  /** -1 where that was before the run, or is not known. */
  cameMs: number;
  /** -1 where nobody said. */
  leavesMs: number;
  /** A call, "truck", or "" where nobody said. */
  by: string;
  /** How likely a box beneath it is wanted first. */
  dug: number;
}

export const TRUCK = 'truck';

export function outlookOf(told: YardOutlook): Map<string, Outlook> {
  return new Map(
    told.id.map((id, at) => [
      id,
      {
        cameMs: told.came_ms[at] ?? -1,
        leavesMs: told.leaves_ms[at] ?? -1,
        by: told.carriers[told.by[at] ?? 0] ?? '',
        dug: (told.dug_pm[at] ?? 0) / 1000,
      },
    ]),
  );
}
