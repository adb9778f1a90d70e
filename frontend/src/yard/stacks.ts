/** Boxes as stacks, and where each stack lies on the ground. */

import type { StockBox } from '../map/stock.svelte';
import type { Block } from '../wire/messages';

export interface Stack {
  block: Block;
  /** Even for 40 ft boxes, which cover the odd bays beside it. */
  bay: number;
  row: number;
  /** Bottom first. */
  boxes: StockBox[];
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function stackName(block: string, bay: number, row: number): string {
  return `${block} ${bay} ${row}`;
}

export function stacksOf(blocks: readonly Block[], boxes: Iterable<StockBox>): Map<string, Stack> {
  const known = new Map(blocks.map((block) => [block.id, block]));
  const found = new Map<string, Stack>();
  for (const box of boxes) {
    const block = known.get(box.block);
    if (!block) continue;
    const name = stackName(box.block, box.bay, box.row);
    const stack = found.get(name);
    if (stack) stack.boxes.push(box);
    else found.set(name, { block, bay: box.bay, row: box.row, boxes: [box] });
  }
  for (const stack of found.values()) stack.boxes.sort((a, b) => a.tier - b.tier);
  return found;
}

/** The ground that a bay of a row takes, in millimetres. */
export function groundOf(block: Block, bay: number, row: number): Rect {
  const from = bay % 2 ? (bay - 1) / 2 : bay / 2 - 1;
  const bays = bay % 2 ? 1 : 2;
  const along = { at: from * block.bay_pitch_mm, size: bays * block.bay_pitch_mm };
  const across = { at: (row - 1) * block.row_pitch_mm, size: block.row_pitch_mm };
  return block.bays_along_quay
    ? { x: block.x_mm + along.at, y: block.y_mm + across.at, width: along.size, height: across.size }
    : { x: block.x_mm + across.at, y: block.y_mm + along.at, width: across.size, height: along.size };
}

export interface YardSpot {
  block: Block;
  /** Odd. */
  bay: number;
  row: number;
}

/** What lies at a place of the ground. */
export function spotAt(blocks: readonly Block[], x: number, y: number): YardSpot | null {
  for (const block of blocks) {
    const [along, across] = block.bays_along_quay ? [x - block.x_mm, y - block.y_mm] : [y - block.y_mm, x - block.x_mm];
    const [bay, row] = [Math.floor(along / block.bay_pitch_mm), Math.floor(across / block.row_pitch_mm)];
    if (bay >= 0 && bay < block.bays && row >= 0 && row < block.rows) return { block, bay: 2 * bay + 1, row: row + 1 };
  }
  return null;
}

/** The bay beside, or the nearest one of the nearest block that way: dx, dy are -1, 0 or 1 over the ground. */
export function spotBeside(blocks: readonly Block[], from: YardSpot, dx: number, dy: number): YardSpot {
  const steps = from.block.bays_along_quay ? dx : dy;
  const bay = from.bay + 2 * steps;
  if (steps && bay >= 1 && bay <= 2 * from.block.bays - 1) return { ...from, bay };
  const here = middleOf(groundOf(from.block, from.bay, from.row));
  let best: { block: Block; far: number } | null = null;
  for (const block of blocks) {
    if (block === from.block) continue;
    const at = nearestOf(block, here);
    const [ahead, aside] = dx
      ? [(at.x - here.x) * dx, Math.abs(at.y - here.y)]
      : [(at.y - here.y) * dy, Math.abs(at.x - here.x)];
    if (ahead <= 0) continue;
    const far = ahead + 3 * aside;
    if (!best || far < best.far) best = { block, far };
  }
  if (!best) return from;
  const at = nearestOf(best.block, here);
  return spotAt([best.block], at.x, at.y) ?? from;
}

function middleOf(rect: Rect): { x: number; y: number } {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
}

function nearestOf(block: Block, to: { x: number; y: number }): { x: number; y: number } {
  const along = block.bays * block.bay_pitch_mm;
  const across = block.rows * block.row_pitch_mm;
  const [width, height] = block.bays_along_quay ? [along, across] : [across, along];
  return {
    x: Math.min(block.x_mm + width - 1, Math.max(block.x_mm, to.x)),
    y: Math.min(block.y_mm + height - 1, Math.max(block.y_mm, to.y)),
  };
}

/** The boxes that stand in a bay, 20 ft ones of it and 40 ft ones that reach into it, by row and tier. */
export function boxesOfBay(stacks: ReadonlyMap<string, Stack>, block: Block, bay: number): StockBox[] {
  const found: StockBox[] = [];
  for (let row = 1; row <= block.rows; row += 1) {
    for (const at of [bay - 1, bay, bay + 1]) found.push(...(stacks.get(stackName(block.id, at, row))?.boxes ?? []));
  }
  return found;
}
