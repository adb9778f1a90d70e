/** Booked lanes over the ground: solid where a truck has a segment now or was granted it, dashed where it will. */

import type { Colours } from '../parts/canvas';
import type { Ground, LaneUse } from '../wire/messages';
import type { View } from './view';

/** What is booked farther ahead says little of now. */
const AHEAD_MS = 120_000;

export function drawLaneUse(
  context: CanvasRenderingContext2D,
  ground: Ground,
  use: LaneUse,
  nowMs: number,
  view: View,
  colour: Colours,
  font: string,
  chosen: string,
): void {
  const named = new Set<string>();
  const last = [...use.segment.keys()].sort((a, b) => Number(isOf(a)) - Number(isOf(b)));
  for (const at of last) {
    const points = ground.lanes.points[use.segment[at] ?? -1];
    const [enter, leave] = [use.enter_ms[at] ?? 0, use.leave_ms[at] ?? -1];
    if (!points || (leave >= 0 && leave <= nowMs) || enter > nowMs + AHEAD_MS) continue;
    const isHeld = enter <= nowMs;
    const isItsOwn = isHeld || use.is_leased[at];
    if (leave < 0 && !isItsOwn) continue;
    context.strokeStyle = isOf(at) ? colour.hard : isItsOwn ? colour.safety : colour.accent;
    context.lineWidth = view.pixels(isHeld ? 3.2 : isItsOwn ? 2.2 : 1.6);
    context.setLineDash(isItsOwn ? [] : [view.pixels(5), view.pixels(4)]);
    context.beginPath();
    context.moveTo(points[0] ?? 0, points[1] ?? 0);
    for (let i = 2; i + 1 < points.length; i += 2) context.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
    context.stroke();
    const truck = use.truck[at] ?? '';
    if (!isHeld || named.has(truck)) continue;
    named.add(truck);
    const middle = 2 * Math.floor(points.length / 4);
    context.setLineDash([]);
    context.font = `600 10px ${font}`;
    context.fillStyle = colour.ink;
    context.textAlign = 'left';
    context.textBaseline = 'bottom';
    view.write(context, truck, (points[middle] ?? 0) + view.pixels(4), (points[middle + 1] ?? 0) - view.pixels(3));
  }
  context.setLineDash([]);

  function isOf(at: number): boolean {
    return chosen !== '' && use.truck[at] === chosen;
  }
}
