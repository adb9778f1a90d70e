/** How long before its turn a box is there, or its truck for a box that comes off the ship. */

import type { MoveRow, TruckRow } from '../wire/messages';

/** As the server says that a truck halts at the quay crane next. */
const AT_QUAY = /^quay crane /;

/** Below 0 where the crane will have to wait; null where nothing is booked that would say it. */
export function leadMs(
  move: Pick<MoveRow, 'next_stop'> | undefined,
  truck: Pick<TruckRow, 'arrives_ms' | 'state'> | undefined,
  startMs: number,
  nowMs: number,
): number | null {
  if (!move || !truck || !AT_QUAY.test(move.next_stop)) return null;
  if (truck.state === 'driving') return truck.arrives_ms ? startMs - truck.arrives_ms : null;
  return truck.state === 'waiting' ? startMs - nowMs : null;
}
