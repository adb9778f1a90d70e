import { describe, expect, it } from 'vitest';
import type { BerthGround, BerthShip, BerthStay } from '../wire/messages';
import { zone } from '../parts/zone.svelte';
import { Chart, craneUse, onGrid, tideMm, timeLines, zeroMs } from './chart';

const GROUND = {
  length_mm: 1_000_000,
  position_step_mm: 10_000,
  step_min: 30,
  horizon_min: 240,
  tide_min: [0, 100, 200],
  tide_mm: [0, 1_000, 0],
  gusts: [{ from_min: 180, until_min: 240, gust_kn: 50 }],
  crane_wind_limit_kn: 40,
  cranes: [
    { id: 'QC1', from_mm: 0, until_mm: 1_000_000, outages: [{ from_min: 60, until_min: 90 }] },
    { id: 'QC2', from_mm: 0, until_mm: 1_000_000, outages: [] },
  ],
} as unknown as BerthGround;

const STAY: BerthStay = {
  ship: 'A',
  position_mm: 200_000,
  start_min: 30,
  end_min: 150,
  work: [{ from_min: 60, until_min: 120, cranes: 2, crane_ids: [] }],
};

describe('the berth chart', () => {
  const chart = new Chart(GROUND, 1_000, 600, 0, 240);

  it('leads from the quay to the screen and back', () => {
    for (const mm of [0, 333_000, 1_000_000]) expect(chart.mm(chart.x(mm))).toBeCloseTo(mm, 3);
    for (const minute of [0, 77, 240]) expect(chart.minute(chart.y(minute))).toBeCloseTo(minute, 6);
  });

  it('finds the ship under the pointer, and none beside her', () => {
    const ships = new Map([['A', { length_mm: 100_000 } as BerthShip]]);
    const box = chart.box(STAY, 100_000);
    expect(chart.shipAt(box.x + 1, box.y + 1, [STAY], ships)).toBe('A');
    expect(chart.shipAt(box.x + box.width + 2, box.y + 1, [STAY], ships)).toBe('');
  });

  it('keeps to the steps of the case', () => {
    expect(onGrid(GROUND, 104_900, 44)).toEqual({ position_mm: 100_000, start_min: 30 });
  });

  it('begins by the clock at the quay, or when it says by its offset from UTC', () => {
    const from = (beginning: string) => new Date(zeroMs({ ...GROUND, beginning })).toISOString().slice(0, 16);
    zone.choose('America/Lima');
    expect(from('2026-11-23T06:00')).toBe('2026-11-23T11:00');
    expect(from('2026-11-23')).toBe('2026-11-23T05:00');
    expect(from('2026-11-23T06:00:00+08:00')).toBe('2026-11-22T22:00');
    expect(from('2026-11-23T06:00Z')).toBe('2026-11-23T06:00');
    zone.choose('');
    expect(from('2026-11-23T06:00+08:00')).toBe(from('2026-11-23T06:00'));
    expect(zeroMs({ ...GROUND, beginning: '' })).toBeNaN();
  });

  it('has its lines where days begin, also over a change of clocks', () => {
    zone.choose('America/Santiago');
    const zero = Date.parse('2026-04-04T09:00Z'); // 06:00; at midnight clocks go back to 23:00
    const lines = timeLines(zero, { from: 0, minutes: 2 * 24 * 60 }, 12);
    expect(lines.map((line) => line.minute)).toEqual([-360, 360, 19 * 60, 31 * 60, 43 * 60]);
    expect(lines.map((line) => line.isDay)).toEqual([true, false, true, false, true]);
    expect(timeLines(NaN, { from: 1500, minutes: 1440 }, 12).map((line) => line.minute)).toEqual([1440, 2160, 2880]);
    zone.choose('');
  });

  it('draws the tide straight between its times', () => {
    expect([-10, 0, 50, 100, 150, 500].map((minute) => tideMm(GROUND, minute))).toEqual([0, 0, 500, 1_000, 500, 0]);
  });

  it('counts cranes at work and in order, none in a storm', () => {
    const use = new Map(craneUse(GROUND, [STAY]).map((one) => [one.minute, [one.used, one.able]]));
    expect(use.get(30)).toEqual([0, 2]);
    expect(use.get(60)).toEqual([2, 1]);
    expect(use.get(90)).toEqual([2, 2]);
    expect(use.get(180)).toEqual([0, 0]);
  });
});
