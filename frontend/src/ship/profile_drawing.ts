/** The whole ship on a canvas: each tier of each bay a strip, as wide as what it holds, in the ports' colours. */

import type { Colours } from '../parts/canvas';
import type { Words } from '../words';
import type { Desk } from './desk.svelte';
import { bayOfPlace, bayText, TAKES, type Bay } from './hull';
import { LID_GAP, type Column, type ProfileLayout } from './profile_layout';

export function drawProfile(
  context: CanvasRenderingContext2D,
  layout: ProfileLayout,
  desk: Desk,
  colour: Colours,
  font: string,
  words: Words['vessel'],
): void {
  drawHull(context, layout, colour);
  const marked = baysWithFindings(desk);
  const work = workByBay(desk);
  for (const column of layout.columns) {
    drawOutline(context, layout, column, colour);
    drawStrips(context, layout, column, desk, colour);
    drawNames(context, layout, column, desk, colour, font, marked.get(column.bay.number));
    drawWork(context, layout, column, work[column.bay.index], colour, font);
  }
  drawLegend(context, layout, colour, font, words);
}

/** The gravest severity of the plan's own findings in each bay. */
function baysWithFindings(desk: Desk): Map<number, string> {
  const found = new Map<number, string>();
  for (const finding of desk.findings) {
    if (finding.waived_by || finding.cause === 'came aboard so' || finding.severity === 'note') continue;
    const bay = desk.hull.bay(bayOfPlace(finding.place, desk.hull))?.bay.number;
    if (bay && !found.has(bay)) found.set(bay, finding.severity);
  }
  return found;
}

function drawHull(context: CanvasRenderingContext2D, layout: ProfileLayout, colour: Colours): void {
  const top = layout.deckBottom + LID_GAP / 2;
  const keel = layout.keel + 5;
  const depth = keel - top;
  const { width } = layout;
  context.beginPath();
  context.moveTo(10, top);
  context.lineTo(width - 4, top);
  context.bezierCurveTo(width - 12, top + 0.4 * depth, width - 34, keel - 0.2 * depth, width - 48, keel);
  context.lineTo(36, keel);
  context.bezierCurveTo(18, keel, 26, keel - 0.4 * depth, 10, keel - 0.5 * depth);
  context.closePath();
  context.fillStyle = colour.raised;
  context.fill();
  context.strokeStyle = colour['line-strong'];
  context.lineWidth = 1;
  context.stroke();
}

function drawOutline(
  context: CanvasRenderingContext2D,
  layout: ProfileLayout,
  { bay, x, width }: Column,
  colour: Colours,
): void {
  for (const isDeck of [true, false]) {
    const tiers = bay.stacks
      .filter((stack) => stack.isDeck === isDeck)
      .flatMap((stack) => stack.cells.map((cell) => cell.tier));
    if (!tiers.length) continue;
    const top = layout.tierY(Math.max(...tiers), isDeck);
    const bottom = layout.tierY(Math.min(...tiers), isDeck) + layout.tierHeight;
    context.fillStyle = colour.cell;
    context.fillRect(x, top, width, bottom - top);
    context.strokeStyle = colour['cell-line'];
    context.lineWidth = 0.8;
    context.strokeRect(x, top, width, bottom - top);
  }
}

function drawStrips(
  context: CanvasRenderingContext2D,
  layout: ProfileLayout,
  column: Column,
  desk: Desk,
  colour: Colours,
): void {
  const rooms = roomsOf(column.bay);
  const mixes = new Map<string, Map<string, number>>();
  const isWork = desk.condition === 'load' || desk.condition === 'discharge';
  for (const placed of desk.aboard.in(column.bay.index)) {
    const key = `${placed.stack.isDeck ? 1 : 0} ${placed.cell.tier}`;
    const mix = mixes.get(key) ?? new Map<string, number>();
    mixes.set(key, mix);
    const fill = isWork && placed.stays ? colour.stays : desk.palette.of(placed.box, desk.colouring).fill;
    mix.set(fill, (mix.get(fill) ?? 0) + (placed.end === 'both' ? 2 : 1));
  }
  for (const [key, mix] of mixes) {
    const [isDeck = 0, tier = 0] = key.split(' ').map(Number);
    const total = Math.max(
      rooms.get(key) ?? 1,
      [...mix.values()].reduce((a, b) => a + b, 0),
    );
    let left = column.x;
    const y = layout.tierY(tier, isDeck === 1);
    for (const [fill, teu] of [...mix].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const wide = (column.width * teu) / total;
      context.fillStyle = fill;
      context.fillRect(left, y + 0.4, wide, Math.max(1, layout.tierHeight - 0.8));
      left += wide;
    }
  }
}

/** TEU that fit in each tier of a bay. */
function roomsOf(bay: Bay): Map<string, number> {
  const rooms = new Map<string, number>();
  for (const stack of bay.stacks) {
    for (const { tier, flags } of stack.cells) {
      const key = `${stack.isDeck ? 1 : 0} ${tier}`;
      const short = (flags & TAKES.FORE_20 ? 1 : 0) + (flags & TAKES.AFT_20 ? 1 : 0);
      rooms.set(key, (rooms.get(key) ?? 0) + Math.max(flags & TAKES.LONG ? 2 : 0, short));
    }
  }
  return rooms;
}

function drawNames(
  context: CanvasRenderingContext2D,
  layout: ProfileLayout,
  { bay, x, width }: Column,
  desk: Desk,
  colour: Colours,
  font: string,
  severity: string | undefined,
): void {
  const middle = x + width / 2;
  const isChosen = bay === desk.bay;
  if (isChosen) {
    context.strokeStyle = colour.accent;
    context.lineWidth = 2.5;
    context.strokeRect(x - 2, 2, width + 4, layout.keel + 8);
  }
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `${isChosen ? 700 : 500} 11px ${font}`;
  context.fillStyle = isChosen ? colour.accent : colour.ink;
  context.fillText(bayText(bay.number), middle, 11);
  if (severity) {
    context.fillStyle = severity === 'hard' ? colour.hard : severity === 'safety' ? colour.safety : colour.commercial;
    context.beginPath();
    context.moveTo(x + width - 6, 15);
    context.lineTo(x + width - 2, 7);
    context.lineTo(x + width + 2, 15);
    context.fill();
  }
}

function drawWork(
  context: CanvasRenderingContext2D,
  layout: ProfileLayout,
  { x, width }: Column,
  work: { out: number; into: number } | undefined,
  colour: Colours,
  font: string,
): void {
  context.textAlign = 'center';
  context.font = `10px ${font}`;
  context.fillStyle = colour['ink-2'];
  if (work?.out) context.fillText(String(work.out), x + width / 2, layout.keel + 16);
  if (work?.into) context.fillText(String(work.into), x + width / 2, layout.keel + 28);
}

/** Boxes discharged from and loaded into each bay, by its index. */
function workByBay({ plan, hull }: Desk): { out: number; into: number }[] {
  const work = hull.bays.map(() => ({ out: 0, into: 0 }));
  plan.arrival.forEach((from, box) => {
    const to = plan.departure[box] ?? 0;
    if (from === to) return;
    const left = work[hull.bay(Math.floor(from / 10_000))?.bay.index ?? -1];
    const entered = work[hull.bay(Math.floor(to / 10_000))?.bay.index ?? -1];
    if (left) left.out += 1;
    if (entered) entered.into += 1;
  });
  return work;
}

function drawLegend(
  context: CanvasRenderingContext2D,
  layout: ProfileLayout,
  colour: Colours,
  font: string,
  words: Words['vessel'],
): void {
  context.font = `10px ${font}`;
  context.fillStyle = colour['ink-2'];
  context.textAlign = 'left';
  context.fillText(words.stern, 4, 11);
  context.fillText(words.discharge, 4, layout.keel + 16);
  context.fillText(words.load, 4, layout.keel + 28);
  context.textAlign = 'right';
  context.fillText(words.bow, layout.width - 4, 11);
}
