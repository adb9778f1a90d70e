/** One bay on a canvas. Two layers: what stands there, and over it what the pointer and the keyboard do. */

import type { Plan } from '../wire/messages';
import { zoom, type Colours } from '../parts/canvas';
import { BayLayout, CELL_HEIGHT, HEAD, SIDE, type Rect, type Spotted } from './bay_layout';
import { FLAG, weightLeftKg, type Condition, type Placed } from './cargo';
import type { Mark } from './desk.svelte';
import { TAKES } from './hull';
import type { Colouring, Palette } from './paint';

export interface Scene {
  layout: BayLayout;
  plan: Plan;
  palette: Palette;
  colouring: Colouring;
  condition: Condition;
  boxes: readonly Placed[];
  /** Boxes with a finding of the plan's own. */
  flagged: ReadonlySet<number>;
  marks: readonly Mark[];
}

/** Larger than this a small bay is not drawn. */
const LARGEST = 2.6;

/** How much a layout is enlarged to fill a room, and where it begins. */
export function fit(layout: BayLayout, width: number, height: number): { scale: number; x: number; y: number } {
  const scale = Math.min(width / layout.width, height / layout.height, LARGEST * zoom());
  return { scale, x: (width - layout.width * scale) / 2, y: Math.max(0, (height - layout.height * scale) / 2) };
}

export function drawBay(context: CanvasRenderingContext2D, scene: Scene, colour: Colours, font: string): void {
  context.textBaseline = 'middle';
  drawCells(context, scene.layout, colour);
  for (const box of scene.boxes) drawBox(context, scene, box, colour, font);
  for (const mark of scene.marks) drawMark(context, scene.layout, mark, colour);
  drawLids(context, scene, colour);
  drawNames(context, scene, colour, font);
}

function drawCells(context: CanvasRenderingContext2D, layout: BayLayout, colour: Colours): void {
  context.beginPath();
  for (const stack of layout.bay.stacks) {
    for (const cell of stack.cells) {
      const { x, y, width, height } = room(layout, stack, cell);
      context.rect(x + 0.5, y + 0.5, width - 1, height - 1);
    }
  }
  context.fillStyle = colour.cell;
  context.fill();
  context.strokeStyle = colour['cell-line'];
  context.lineWidth = 0.7;
  context.stroke();
  context.beginPath();
  for (const stack of layout.bay.stacks) {
    for (const cell of stack.cells) {
      for (const [end, plug] of [
        ['fore', TAKES.PLUG_FORE],
        ['aft', TAKES.PLUG_AFT],
      ] as const) {
        if (!(cell.flags & plug)) continue;
        const { x, y, width, height } = layout.cell({ stack, cell, end });
        context.moveTo(x + 2.5, y + height - 2.2);
        context.lineTo(x + width - 2.5, y + height - 2.2);
      }
    }
  }
  context.strokeStyle = colour.accent;
  context.lineWidth = 1;
  context.stroke();
}

/** What of the cell takes anything: all of it, or one half where only that end takes a 20 ft. */
function room(layout: BayLayout, stack: Spotted['stack'], cell: Spotted['cell']): Rect {
  const fore = Boolean(cell.flags & TAKES.FORE_20);
  const aft = Boolean(cell.flags & TAKES.AFT_20);
  if (cell.flags & TAKES.LONG || fore === aft) return layout.cell({ stack, cell, end: 'both' });
  return layout.cell({ stack, cell, end: fore ? 'fore' : 'aft' });
}

function drawBox(context: CanvasRenderingContext2D, scene: Scene, placed: Placed, colour: Colours, font: string): void {
  const { x, y, width, height } = scene.layout.cell(placed);
  const flags = scene.plan.boxes.flags[placed.box] ?? 0;
  const isGrey = placed.stays && (scene.condition === 'load' || scene.condition === 'discharge');
  const coat = scene.palette.of(placed.box, scene.colouring);
  const fill = isGrey ? colour.stays : coat.fill;
  const ink = isGrey ? colour['stays-ink'] : coat.ink;
  context.fillStyle = fill;
  context.fillRect(x + 0.75, y + 0.75, width - 1.5, height - 1.5);
  context.strokeStyle = scene.flagged.has(placed.box) ? colour.hard : 'rgba(0,0,0,.55)';
  context.lineWidth = scene.flagged.has(placed.box) ? 2 : 0.6;
  context.strokeRect(x + 0.75, y + 0.75, width - 1.5, height - 1.5);
  context.fillStyle = ink;
  const isHalf = width < scene.layout.cellWidth;
  const middle = x + width / 2;
  context.textAlign = isHalf ? 'center' : 'left';
  context.font = `600 ${isHalf ? 8.5 : 10.5}px ${font}`;
  context.fillText(coat.letter, isHalf ? middle : x + 3.5, y + (isHalf ? 6 : 7));
  const tonnes = String(Math.round((scene.plan.boxes.mass_kg[placed.box] ?? 0) / 1000));
  context.font = `${isHalf ? 5.8 : 6.6}px ${font}`;
  context.fillText(tonnes, isHalf ? middle : x + 3.5, y + height - 4.6);
  drawSigns(context, flags, { x, y, width, height }, isHalf, ink, colour, font);
}

/** R reefer, O out of gauge, E empty, an arrow for a restow, a diamond with the class, a dot for a pin, a tick for a high cube. */
function drawSigns(
  context: CanvasRenderingContext2D,
  flags: number,
  { x, y, width, height }: Rect,
  isHalf: boolean,
  ink: string,
  colour: Colours,
  font: string,
): void {
  const right = x + width - 2.5;
  const signs = [
    flags & FLAG.PLUG ? 'R' : '',
    flags & FLAG.GAUGE ? 'O' : '',
    flags & FLAG.EMPTY ? 'E' : '',
    flags & FLAG.RESTOW ? '↻' : '',
    flags & FLAG.UNVERIFIED && !(flags & FLAG.EMPTY) ? '?' : '',
  ].join('');
  if (signs && !isHalf) {
    context.textAlign = 'right';
    context.font = `700 7px ${font}`;
    context.fillText(signs, right, y + 6);
  } else if (signs) {
    context.font = `700 5.5px ${font}`;
    context.fillText(signs.slice(0, 2), x + width / 2, y + 11.4);
  }
  if (flags & FLAG.DANGEROUS) {
    const [cx, cy, r] = isHalf ? [right - 1.5, y + 4, 3] : [right - 4, y + height - 6.5, 4.2];
    context.beginPath();
    context.moveTo(cx, cy - r);
    context.lineTo(cx + r, cy);
    context.lineTo(cx, cy + r);
    context.lineTo(cx - r, cy);
    context.closePath();
    context.fillStyle = '#ffffff';
    context.fill();
    context.strokeStyle = '#a0120c';
    context.lineWidth = 1.3;
    context.stroke();
  }
  if (flags & FLAG.HIGH_CUBE) {
    context.beginPath();
    context.moveTo(x + 0.75, y + 0.75);
    context.lineTo(x + 4.5, y + 0.75);
    context.lineTo(x + 0.75, y + 4.5);
    context.fillStyle = ink;
    context.fill();
  }
  if (flags & FLAG.PINNED) {
    context.beginPath();
    context.arc(x + width / 2, y + height - 3.5, 2, 0, 7);
    context.fillStyle = colour.accent;
    context.fill();
    context.strokeStyle = '#ffffff';
    context.lineWidth = 0.8;
    context.stroke();
  }
}

/** A cross where something is forbidden, a bracket at the foot where all is kept. */
function drawMark(context: CanvasRenderingContext2D, layout: BayLayout, mark: Mark, colour: Colours): void {
  const { x, y, width, height } = layout.cell({ ...mark, end: 'both' });
  context.beginPath();
  if (mark.isForbidden) {
    context.moveTo(x + 3, y + 3);
    context.lineTo(x + width - 3, y + height - 3);
    context.moveTo(x + width - 3, y + 3);
    context.lineTo(x + 3, y + height - 3);
  } else {
    context.moveTo(x + 2.5, y + height - 6);
    context.lineTo(x + 2.5, y + height - 2);
    context.lineTo(x + width - 2.5, y + height - 2);
    context.lineTo(x + width - 2.5, y + height - 6);
  }
  context.strokeStyle = mark.isForbidden ? colour.hard : colour.accent;
  context.lineWidth = 1.4;
  context.stroke();
}

function drawLids(context: CanvasRenderingContext2D, scene: Scene, colour: Colours): void {
  context.fillStyle = colour.lid;
  for (const { lid, bar } of scene.layout.lidBars()) {
    if (scene.plan.lids_off.includes(lid.id)) {
      context.strokeStyle = colour.lid;
      context.lineWidth = 0.8;
      context.strokeRect(bar.x, bar.y, bar.width, bar.height);
    } else context.fillRect(bar.x, bar.y, bar.width, bar.height);
  }
}

function drawNames(context: CanvasRenderingContext2D, scene: Scene, colour: Colours, font: string): void {
  const { layout } = scene;
  const two = (n: number) => String(n).padStart(2, '0');
  context.textAlign = 'center';
  for (const stack of layout.bay.stacks) {
    const x = layout.columnX(stack) + layout.cellWidth / 2;
    const edge = stack.isDeck ? HEAD : layout.height - HEAD;
    const sign = stack.isDeck ? -1 : 1;
    context.font = `600 8.5px ${font}`;
    context.fillStyle = colour.ink;
    context.fillText(two(stack.row), x, edge + sign * 7);
    const left = weightLeftKg(
      stack,
      scene.boxes
        .filter((box) => box.stack === stack)
        .map((box) => ({ end: box.end, massKg: scene.plan.boxes.mass_kg[box.box] ?? 0 })),
    );
    if (left === null) continue;
    context.font = `${left < 0 ? 700 : 400} 7.5px ${font}`;
    context.fillStyle = left < 0 ? colour.hard : colour['ink-2'];
    context.fillText(`${Math.floor(left / 1000)} t`, x, edge + sign * 19);
  }
  context.font = `8px ${font}`;
  context.fillStyle = colour['ink-2'];
  for (const [tiers, isDeck] of [
    [layout.deckTiers, true],
    [layout.holdTiers, false],
  ] as const) {
    for (const tier of tiers) {
      const y = layout.tierY(tier, isDeck) + CELL_HEIGHT / 2;
      context.fillText(two(tier), SIDE / 2, y);
      context.fillText(two(tier), layout.width - SIDE / 2, y);
    }
  }
}

/** The frame around a place: solid for what is chosen, dashed for where a carried box would go. */
export function drawFrame(
  context: CanvasRenderingContext2D,
  at: Rect,
  line: string,
  { dashed = false, width = 2 }: { dashed?: boolean; width?: number } = {},
): void {
  context.strokeStyle = line;
  context.lineWidth = width;
  context.setLineDash(dashed ? [4, 2.5] : []);
  context.strokeRect(at.x - 0.5, at.y - 0.5, at.width + 1, at.height + 1);
  context.setLineDash([]);
}
