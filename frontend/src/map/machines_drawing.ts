/** What moves: ships at the quay, cranes and trucks. Drawn in millimetres of the ground, over it. */

import type { Colours } from '../parts/canvas';
import type { CallRow, Ground, QuayCraneRow, TruckRow, YardCraneRow } from '../wire/messages';
import type { View } from './view';

const BEAM_MM = 52_000;
const FENDER_MM = 4_000;
const OUTREACH_MM = 62_000;
const TRUCK_WIDTH_MM = 3_000;
/** From the end of a ship to her name, and from there to the screen's edge. */
const STEM_MM = 32_000;
const NAME_GAP_PX = 6;

export interface Spot {
  x: number;
  y: number;
  heading: number;
}

export interface Machines {
  calls: readonly CallRow[];
  trucks: ReadonlyMap<string, TruckRow>;
  quayCranes: ReadonlyMap<string, QuayCraneRow>;
  yardCranes: ReadonlyMap<string, YardCraneRow>;
  at: (id: string) => Spot | undefined;
  chosen: string;
}

export function drawShips(context: CanvasRenderingContext2D, machines: Machines, view: View, colour: Colours): void {
  for (const call of machines.calls) {
    const towards = call.bow_towards_x ? -1 : 1;
    const bow = call.berth_x_mm;
    const stern = bow + towards * call.length_mm;
    const point = bow + towards * 26_000;
    context.beginPath();
    context.moveTo(bow, -FENDER_MM - BEAM_MM / 2);
    context.quadraticCurveTo(bow + towards * 8_000, -FENDER_MM, point, -FENDER_MM);
    context.lineTo(stern, -FENDER_MM);
    context.lineTo(stern, -FENDER_MM - BEAM_MM);
    context.lineTo(point, -FENDER_MM - BEAM_MM);
    context.quadraticCurveTo(bow + towards * 8_000, -FENDER_MM - BEAM_MM, bow, -FENDER_MM - BEAM_MM / 2);
    context.fillStyle = colour.surface;
    context.fill();
    context.strokeStyle = colour['ink-2'];
    context.lineWidth = view.pixels(1.2);
    context.stroke();
    const share = call.total_boxes ? call.done_boxes / call.total_boxes : 0;
    const [left, right] = [Math.min(point, stern), Math.max(point, stern)];
    context.fillStyle = colour['accent-soft'];
    context.fillRect(left, -FENDER_MM - 12_000, right - left, 7_000);
    context.fillStyle = colour.accent;
    context.fillRect(left, -FENDER_MM - 12_000, (right - left) * share, 7_000);
  }
}

/** Over the cranes that work her, and on the screen from its first letter to its last. */
export function nameShips(
  context: CanvasRenderingContext2D,
  machines: Machines,
  view: View,
  width: number,
  colour: Colours,
  font: string,
): void {
  context.font = `600 12px ${font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.lineWidth = 4;
  context.lineJoin = 'round';
  context.strokeStyle = colour.surface;
  context.fillStyle = colour.ink;
  const { left, right } = view.seen(width, 0);
  for (const call of machines.calls) {
    const ends = [call.berth_x_mm, call.berth_x_mm + (call.bow_towards_x ? -1 : 1) * call.length_mm];
    const [from, until] = [Math.min(...ends), Math.max(...ends)];
    if (until < left || from > right) continue;
    const text = `${call.vessel} ${call.voyage} · ${shareOf(call)} %`;
    const most = right - view.pixels(context.measureText(text).width + NAME_GAP_PX);
    const x = Math.max(left + view.pixels(NAME_GAP_PX), Math.min(from + STEM_MM, most));
    view.write(context, text, x, -FENDER_MM - BEAM_MM * 0.62, true);
  }
}

function shareOf(call: CallRow): number {
  return call.total_boxes ? Math.floor((100 * call.done_boxes) / call.total_boxes) : 0;
}

export function drawCranes(
  context: CanvasRenderingContext2D,
  ground: Ground,
  machines: Machines,
  view: View,
  colour: Colours,
  font: string,
): void {
  const { rails } = ground;
  for (const crane of machines.quayCranes.values()) {
    const x = machines.at(crane.id)?.x;
    if (x === undefined) continue;
    const paint = colourOf(crane.state, colour);
    const half = Math.max(rails.crane_width_mm / 2, view.pixels(4));
    const isAtShip = crane.state === 'working' || crane.state === 'waiting';
    const far = isAtShip ? -OUTREACH_MM : -8_000;
    context.strokeStyle = paint;
    context.lineWidth = Math.max(view.pixels(2.2), 2_500);
    context.beginPath();
    context.moveTo(x, far);
    context.lineTo(x, rails.waterside_mm + rails.gauge_mm + rails.back_reach_mm);
    context.stroke();
    context.lineWidth = Math.max(view.pixels(1.6), 1_500);
    context.strokeRect(x - half, rails.waterside_mm, 2 * half, rails.gauge_mm);
    if (crane.state === 'out') cross(context, x, rails.waterside_mm + rails.gauge_mm / 2, view.pixels(5));
    context.fillStyle = colour.ink;
    context.font = `600 10.5px ${font}`;
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    view.write(context, nameOf(crane.id, x, machines, view), x, Math.min(far, -WATER_LABEL_MM) - view.pixels(1));
    if (machines.chosen === crane.id) ring(context, x, rails.waterside_mm + rails.gauge_mm / 2, view, colour);
  }
  const runways = new Map(ground.runways.map((runway) => [runway.block, runway]));
  const blocks = new Map(ground.blocks.map((block) => [block.id, block]));
  for (const crane of machines.yardCranes.values()) {
    const at = machines.at(crane.id);
    const block = blocks.get(crane.block);
    if (!at || !block) continue;
    const reach = runways.get(crane.block)?.reach_mm ?? 6_000;
    const across = block.rows * block.row_pitch_mm + 2 * reach;
    const along = Math.max((runways.get(crane.block)?.crane_length_mm ?? 14_000) / 2, view.pixels(4));
    context.strokeStyle = colourOf(crane.state, colour);
    context.lineWidth = Math.max(view.pixels(2), 1_500);
    const [w, h] = block.bays_along_quay ? [along, across] : [across, along];
    context.strokeRect(at.x - w / 2, at.y - h / 2, w, h);
    if (crane.state === 'out') cross(context, at.x, at.y, view.pixels(5));
    if (machines.chosen === crane.id) ring(context, at.x, at.y, view, colour);
  }
}

/** A crane's name, or its number alone where another stands too near for both names. */
function nameOf(id: string, x: number, machines: Machines, view: View): string {
  const isNear = [...machines.quayCranes.keys()].some(
    (other) => other !== id && Math.abs((machines.at(other)?.x ?? Infinity) - x) < view.pixels(NAME_PX),
  );
  return isNear ? id.replace(/\D+/g, '') || id : id;
}

const NAME_PX = 34;
const WATER_LABEL_MM = 58_000;

export function drawTrucks(
  context: CanvasRenderingContext2D,
  ground: Ground,
  machines: Machines,
  view: View,
  colour: Colours,
): void {
  const length = Math.max(ground.truck_length_mm, view.pixels(7));
  const width = Math.max(TRUCK_WIDTH_MM, view.pixels(3.4));
  for (const truck of machines.trucks.values()) {
    const at = machines.at(truck.id);
    if (!at) continue;
    const [cos, sin] = [Math.cos(at.heading), Math.sin(at.heading)];
    context.save();
    context.transform(cos, sin, -sin, cos, at.x, at.y);
    context.fillStyle = colourOf(truck.state, colour);
    context.fillRect(-length / 2, -width / 2, length, width);
    if (truck.boxes.length) {
      context.fillStyle = colour.surface;
      context.fillRect(-length * 0.36, -width * 0.28, length * 0.5, width * 0.56);
    }
    context.fillStyle = colour.ink;
    context.fillRect(length / 2 - length * 0.16, -width / 2, length * 0.16, width);
    context.restore();
    if (truck.state === 'out' || truck.state === 'towed') {
      context.strokeStyle = colour.hard;
      context.lineWidth = view.pixels(2);
      cross(context, at.x, at.y, view.pixels(5));
    }
    if (machines.chosen === truck.id) ring(context, at.x, at.y, view, colour);
  }
}

export function colourOf(state: string, colour: Colours): string {
  if (state === 'out' || state === 'towed') return colour.hard;
  if (state === 'waiting' || state === 'low' || state === 'held') return colour.safety;
  if (state === 'idle') return colour['ink-2'];
  if (state === 'charging') return colour.good;
  return colour.accent;
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  context.beginPath();
  context.moveTo(x - r, y - r);
  context.lineTo(x + r, y + r);
  context.moveTo(x + r, y - r);
  context.lineTo(x - r, y + r);
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, x: number, y: number, view: View, colour: Colours): void {
  context.beginPath();
  context.arc(x, y, view.pixels(13), 0, 7);
  context.strokeStyle = colour.ink;
  context.lineWidth = view.pixels(2);
  context.stroke();
}
