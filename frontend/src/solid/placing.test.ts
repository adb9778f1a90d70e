import { describe, expect, it } from 'vitest';
import type { StockBox } from '../map/stock.svelte';
import { Hull } from '../ship/hull';
import type { Block, Vessel } from '../wire/messages';
import { inYard, isShutIn, ShipSpace } from './placing';

const BLOCK = {
  id: 'B01',
  bays: 10,
  rows: 4,
  tiers: 5,
  x_mm: 100_000,
  y_mm: 60_000,
  bay_pitch_mm: 6_500,
  row_pitch_mm: 2_850,
  bays_along_quay: true,
  plug_bays: [],
} as Block;

function box(bay: number, row: number, tier: number): StockBox {
  return { id: 'X', block: 'B01', bay, row, tier, lengthFt: bay % 2 ? 20 : 40, massKg: 1, pod: '', call: '', flags: 0 };
}

describe('boxes of the yard in space', () => {
  it('stand on each other without sinking into each other', () => {
    const [low, high] = [inYard(box(2, 1, 1), BLOCK), inYard(box(2, 1, 2), BLOCK)];
    expect(high.y - low.y).toBeGreaterThanOrEqual(low.size[1]);
    expect(low.y - low.size[1] / 2).toBeGreaterThanOrEqual(0);
  });

  it('lie over the two bays that a long one takes', () => {
    const [long, first, second] = [box(2, 1, 1), box(1, 1, 1), box(3, 1, 1)].map((one) => inYard(one, BLOCK));
    expect(long!.x).toBeCloseTo((first!.x + second!.x) / 2, 6);
    expect(long!.size[0]).toBeGreaterThan(first!.size[0] + second!.size[0]);
  });

  it('are left out only where nothing of them can be seen', () => {
    const full = (): number => 5;
    expect(isShutIn(box(4, 2, 3), full)).toBe(true);
    expect(isShutIn(box(4, 2, 5), full)).toBe(false);
    expect(isShutIn(box(4, 2, 3), (_, row) => (row === 3 ? 2 : 5))).toBe(false);
    expect(isShutIn(box(4, 2, 3), (bay) => (bay === 8 ? 0 : 5))).toBe(false);
  });
});

describe('a ship in space', () => {
  const vessel = {
    length_mm: 100_000,
    beam_mm: 20_000,
    bays: { number: [2], fore: [1], aft: [3] },
    stacks: {
      bay: [0, 0, 0, 0],
      row: [1, 2, 1, 2],
      is_deck: [false, false, true, true],
      max_weight_20_kg: [],
      max_weight_40_kg: [],
      max_height_mm: [],
      tcg_mm: [],
      lcg_mm: [],
    },
    cells: { stack: [0, 1, 2, 3], tier: [2, 2, 82, 82], flags: [7, 7, 7, 7] },
    lids: [],
  } as unknown as Vessel;

  it.each([
    [true, 1],
    [false, -1],
  ])('lies beside the quay, her starboard on the side her bow asks for', (bowTowardsX, sign) => {
    const space = new ShipSpace(new Hull(vessel), { berthXMm: 500_000, bowTowardsX });
    const at = (slot: number) => space.place({ ...space.hull.spot(slot)!, box: 0, slot, stays: false }, 'X');
    const [starboard, port] = [at(20102), at(20202)];
    expect(Math.sign(starboard.z - port.z)).toBe(sign);
    for (const one of [starboard, port, space.body]) expect(one.z + one.size[2] / 2).toBeLessThan(0);
    expect(at(20182).y).toBeGreaterThan(starboard.y);
    expect(at(20182).y - at(20182).size[1] / 2).toBeGreaterThan(space.body.y + space.body.size[1] / 2);
  });
});
