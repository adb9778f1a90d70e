/** What of the terminal stays where it is: water, quay, lanes and blocks. Drawn in millimetres of the ground. */

import type { Colours } from '../parts/canvas';
import type { Ground } from '../wire/messages';
import { sizeOf, type Extent, type View } from './view';

export type BlockColouring = 'fill' | 'work';

export function drawGround(
  context: CanvasRenderingContext2D,
  ground: Ground,
  seen: Extent,
  view: View,
  bays: ReadonlyMap<string, { teu: number; wanted: number }>,
  colouring: BlockColouring,
  colour: Colours,
  isDark: boolean,
): void {
  context.fillStyle = colour.water;
  context.fillRect(seen.left, seen.top, seen.right - seen.left, -seen.top);
  context.fillStyle = colour.quay;
  context.fillRect(seen.left, 0, seen.right - seen.left, seen.bottom);
  drawLanes(context, ground, view, colour);
  drawRails(context, ground, view, colour);
  for (const block of ground.blocks) drawBlock(context, block, view, bays, colouring, colour, isDark);
}

function drawLanes(context: CanvasRenderingContext2D, ground: Ground, view: View, colour: Colours): void {
  context.beginPath();
  for (const points of ground.lanes.points) {
    context.moveTo(points[0] ?? 0, points[1] ?? 0);
    for (let at = 2; at + 1 < points.length; at += 2) context.lineTo(points[at] ?? 0, points[at + 1] ?? 0);
  }
  context.strokeStyle = colour.lane;
  context.lineWidth = Math.max(view.pixels(0.8), 3_000);
  context.lineCap = 'round';
  context.stroke();
  context.lineCap = 'butt';
}

function drawRails(context: CanvasRenderingContext2D, ground: Ground, view: View, colour: Colours): void {
  const { rails } = ground;
  context.beginPath();
  for (const y of [rails.waterside_mm, rails.waterside_mm + rails.gauge_mm]) {
    context.moveTo(rails.from_mm, y);
    context.lineTo(rails.until_mm, y);
  }
  context.strokeStyle = colour['line-strong'];
  context.lineWidth = view.pixels(0.8);
  context.stroke();
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(ground.quay_length_mm, 0);
  context.strokeStyle = colour['ink-2'];
  context.lineWidth = view.pixels(1.6);
  context.stroke();
  context.beginPath();
  for (const berth of ground.berths) {
    context.moveTo(berth.from_mm, 0);
    context.lineTo(berth.from_mm, -5_000);
  }
  context.stroke();
}

function drawBlock(
  context: CanvasRenderingContext2D,
  block: Ground['blocks'][number],
  view: View,
  bays: ReadonlyMap<string, { teu: number; wanted: number }>,
  colouring: BlockColouring,
  colour: Colours,
  isDark: boolean,
): void {
  const { width, height } = sizeOf(block);
  context.fillStyle = colour.cell;
  context.fillRect(block.x_mm, block.y_mm, width, height);
  const room = block.rows * block.tiers;
  for (let at = 0; at < block.bays; at += 1) {
    const sum = bays.get(`${block.id} ${2 * at + 1}`);
    const share = !sum ? 0 : colouring === 'fill' ? sum.teu / room : Math.min(1, sum.wanted / 4);
    if (!share) continue;
    context.fillStyle = shade(share, isDark);
    const offset = at * block.bay_pitch_mm;
    if (block.bays_along_quay) context.fillRect(block.x_mm + offset, block.y_mm, block.bay_pitch_mm, height);
    else context.fillRect(block.x_mm, block.y_mm + offset, width, block.bay_pitch_mm);
  }
  context.strokeStyle = colour['line-strong'];
  context.lineWidth = view.pixels(0.8);
  context.strokeRect(block.x_mm, block.y_mm, width, height);
}

/** From the ground's own colour to a full blue; between, what is darker (on a dark screen lighter) holds more. */
export function shade(share: number, isDark: boolean): string {
  const at = Math.min(1, Math.max(0, share));
  const [from, to] = isDark
    ? [
        [24, 34, 46],
        [122, 190, 255],
      ]
    : [
        [226, 236, 246],
        [20, 84, 152],
      ];
  const mix = from!.map((low, index) => Math.round(low + ((to?.[index] ?? 0) - low) * at));
  return `rgb(${mix.join(' ')})`;
}
