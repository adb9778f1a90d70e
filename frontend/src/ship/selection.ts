/** Several boxes carried at once: all go as far as the one that was taken hold of, or none goes. */

import { hasCentreRow, stepsToStarboard } from './bay_layout';
import { slotFor, type Bay, type Hull, type Spot, type Stack } from './hull';

export interface Chosen {
  box: number;
  slot: number;
  lengthFt: number;
}

/**
 * The slots of all when `lead` goes to `to`: as many rows, tiers and bays on. Null where one of them would be off the
 * ship. From deck to hold tiers count from the bottom of each, and then all must stand on one of the two.
 */
export function carriedTo(hull: Hull, chosen: readonly Chosen[], lead: Chosen, to: Spot): Map<number, number> | null {
  const from = hull.spot(lead.slot);
  if (!from) return null;
  const rows = stepsOf(to.bay, to.stack) - stepsOf(from.bay, from.stack);
  const tiers = to.stack.cells.indexOf(to.cell) - from.stack.cells.indexOf(from.cell);
  const found = new Map<number, number>();
  for (const one of chosen) {
    const spot = hull.spot(one.slot);
    if (!spot) return null;
    const isDeck = spot.stack.isDeck === from.stack.isDeck ? to.stack.isDeck : spot.stack.isDeck;
    if (isDeck !== to.stack.isDeck && from.stack.isDeck !== to.stack.isDeck) return null;
    const bay = hull.bays[spot.bay.index + to.bay.index - from.bay.index];
    const wanted = stepsOf(spot.bay, spot.stack) + rows;
    const stack = bay?.stacks.find((each) => each.isDeck === isDeck && stepsOf(bay, each) === wanted);
    const cell = stack?.cells[spot.stack.cells.indexOf(spot.cell) + tiers];
    const end = one === lead && to.end !== 'both' ? to.end : spot.end;
    const slot = bay && stack && cell ? slotFor({ bay, stack, cell, end }, one.lengthFt) : 0;
    if (!slot) return null;
    found.set(one.box, slot);
  }
  return found;
}

function stepsOf(bay: Bay, stack: Stack): number {
  return stepsToStarboard(stack.row, hasCentreRow(bay.stacks.filter((each) => each.isDeck === stack.isDeck)));
}
