/** Blocks from above, in millimetres of the ground. */

import type { View } from '../map/view';
import type { Colours } from '../parts/canvas';
import type { Block } from '../wire/messages';
import { Classes, coatOfStep, markOf, type Coat, type Colouring, type Facts } from './shades';
import { groundOf, type Rect, type Stack, type YardSpot } from './stacks';

/** A sign is written where a stack is drawn at least so high, in pixels. */
const SIGN_FROM = 9;

export interface YardScene {
  blocks: readonly Block[];
  stacks: ReadonlyMap<string, Stack>;
  by: Colouring;
  facts: Facts;
  classes: Classes;
  isDark: boolean;
}

export function drawYard(
  context: CanvasRenderingContext2D,
  scene: YardScene,
  view: View,
  colour: Colours,
  font: string,
): void {
  for (const block of scene.blocks) drawGround(context, block, view, colour);
  const signs: [string, string, number, number][] = [];
  const byFill = new Map<string, Rect[]>();
  for (const stack of scene.stacks.values()) {
    const coat = coatOf(stack, scene);
    const rect = groundOf(stack.block, stack.bay, stack.row);
    const drawn = byFill.get(coat.fill) ?? [];
    drawn.push(rect);
    byFill.set(coat.fill, drawn);
    if (Math.min(rect.width, rect.height) * view.scale >= SIGN_FROM && coat.sign)
      signs.push([coat.sign, coat.ink, rect.x + rect.width / 2, rect.y + rect.height / 2]);
  }
  const gap = Math.min(view.pixels(0.6), 300);
  for (const [fill, rects] of byFill) {
    context.fillStyle = fill;
    for (const { x, y, width, height } of rects) context.fillRect(x + gap, y + gap, width - 2 * gap, height - 2 * gap);
  }
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `600 10px ${font}`;
  for (const [sign, ink, x, y] of signs) {
    context.fillStyle = ink;
    view.write(context, sign, x, y);
  }
  drawNames(context, scene.blocks, view, colour, font);
}

export function coatOf(stack: Stack, scene: YardScene): Coat {
  const mark = markOf(stack, scene.by, scene.facts);
  if (!mark)
    return { fill: scene.isDark ? '#3a444f' : '#c9ced4', ink: scene.isDark ? '#ffffff' : '#000000', sign: '?' };
  if ('name' in mark) return scene.classes.of(mark.name);
  const coat = coatOfStep(mark.step, scene.isDark);
  return scene.by === 'fill' ? { ...coat, sign: String(stack.boxes.length) } : coat;
}

function drawGround(context: CanvasRenderingContext2D, block: Block, view: View, colour: Colours): void {
  const first = groundOf(block, 1, 1);
  const last = groundOf(block, 2 * block.bays - 1, block.rows);
  const [width, height] = [last.x + last.width - first.x, last.y + last.height - first.y];
  context.fillStyle = colour.cell;
  context.fillRect(first.x, first.y, width, height);
  context.strokeStyle = colour['line-strong'];
  context.lineWidth = view.pixels(0.8);
  context.strokeRect(first.x, first.y, width, height);
  context.fillStyle = colour.accent;
  for (const bay of block.plug_bays) {
    const from = groundOf(block, bay, 1);
    if (block.bays_along_quay) context.fillRect(from.x, first.y + height, from.width, view.pixels(2));
    else context.fillRect(first.x + width, from.y, view.pixels(2), from.height);
  }
}

function drawNames(
  context: CanvasRenderingContext2D,
  blocks: readonly Block[],
  view: View,
  colour: Colours,
  font: string,
): void {
  context.font = `600 11px ${font}`;
  context.fillStyle = colour.ink;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  for (const block of blocks) view.write(context, block.id, block.x_mm, block.y_mm - view.pixels(1.5));
}

/** The bay that is looked at, and the box in it. */
export function drawChosen(
  context: CanvasRenderingContext2D,
  spot: YardSpot,
  view: View,
  colour: Colours,
  box: { bay: number; row: number } | null,
): void {
  const first = groundOf(spot.block, spot.bay, 1);
  const last = groundOf(spot.block, spot.bay, spot.block.rows);
  const grow = view.pixels(2.5);
  context.strokeStyle = colour.ink;
  context.lineWidth = view.pixels(2);
  context.strokeRect(
    first.x - grow,
    first.y - grow,
    last.x + last.width - first.x + 2 * grow,
    last.y + last.height - first.y + 2 * grow,
  );
  if (!box) return;
  const at = groundOf(spot.block, box.bay, box.row);
  context.strokeStyle = colour.hard;
  context.beginPath();
  context.arc(at.x + at.width / 2, at.y + at.height / 2, Math.max(view.pixels(9), at.width), 0, 7);
  context.stroke();
}
