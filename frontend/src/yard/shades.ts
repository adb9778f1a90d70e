/** How stacks are coloured from above. Colour is never the only sign: a step has its number, a class its letter. */

import type { Stack } from './stacks';
import { TRUCK, type Outlook } from './outlook';

export const COLOURINGS = ['fill', 'stay', 'leaves', 'port', 'ship', 'digs'] as const;
export type Colouring = (typeof COLOURINGS)[number];

export interface Coat {
  fill: string;
  ink: string;
  sign: string;
}

/** Light to dark in six steps on a light page; the step is the sign, of a stack's fill how many boxes it holds. */
const LIGHT = ['#e6eff8', '#c3d9ee', '#93bddf', '#5c9acb', '#2a6ca6', '#12406e'];
const DARK = ['#1d2b39', '#25435f', '#2f6088', '#4486b6', '#74b2e0', '#b4dcfb'];
/** Okabe and Ito (2008), then tints of them; the letter tells those apart that look alike. */
const CLASSES = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#b7d08b', '#9c86c4', '#d9b38c', '#7fd0c5', '#e5a3a3']; // prettier-ignore
const DARK_INK = new Set(['#0072b2', '#d55e00', '#009e73']);
export const STEPS = LIGHT.length;

export const STAY_STEPS_H = [12, 24, 72, 168, 336];
export const LEAVES_STEPS_H = [2, 6, 12, 24, 72];
export const DIG_STEPS = [0.25, 0.75, 1.5, 2.5, 3.5];
const HOUR_MS = 3_600_000;

/** What a stack is coloured by: a step, a class, or nothing that anybody knows. */
export type Mark = { step: number } | { name: string } | null;

export interface Facts {
  outlook: ReadonlyMap<string, Outlook>;
  nowMs: number;
}

export function markOf(stack: Stack, by: Colouring, facts: Facts): Mark {
  const known = stack.boxes.map((box) => facts.outlook.get(box.id));
  switch (by) {
    case 'fill':
      return { step: Math.round(((STEPS - 1) * stack.boxes.length) / Math.max(1, stack.block.tiers)) };
    case 'stay': {
      const came = Math.min(...known.map((one) => (one && one.cameMs >= 0 ? one.cameMs : 0)));
      return { step: stepOf((facts.nowMs - came) / HOUR_MS, STAY_STEPS_H) };
    }
    case 'leaves': {
      const leaves = known.flatMap((one) => (one && one.leavesMs >= 0 ? [one.leavesMs] : []));
      return leaves.length
        ? { step: STEPS - 1 - stepOf((Math.min(...leaves) - facts.nowMs) / HOUR_MS, LEAVES_STEPS_H) }
        : null;
    }
    case 'port':
      return shared(stack.boxes.map((box) => box.pod));
    case 'ship':
      return shared(known.map((one) => one?.by ?? ''));
    case 'digs':
      return {
        step: stepOf(
          known.reduce((sum, one) => sum + (one?.dug ?? 0), 0),
          DIG_STEPS,
        ),
      };
  }
}

function shared(names: readonly string[]): Mark {
  const known = new Set(names.filter(Boolean));
  if (!known.size) return null;
  return { name: known.size > 1 ? MIXED : [...known][0]! };
}

/** Several classes in one stack. */
export const MIXED = '*';

function stepOf(value: number, limits: readonly number[]): number {
  const at = limits.findIndex((limit) => value < limit);
  return at < 0 ? limits.length : at;
}

/** The classes there are, each with a colour and letters of its own; the names that are seen most come first. */
export class Classes {
  private readonly coats = new Map<string, Coat>();
  readonly names: string[];

  constructor(counts: ReadonlyMap<string, number>) {
    this.names = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a.localeCompare(b));
    const taken = new Set<string>();
    this.names.forEach((name, at) => {
      const fill = CLASSES[at % CLASSES.length]!;
      this.coats.set(name, { fill, ink: DARK_INK.has(fill) ? '#ffffff' : '#000000', sign: signOf(name, taken) });
    });
  }

  of(name: string): Coat {
    if (name === MIXED) return { fill: '#9aa3ad', ink: '#000000', sign: MIXED };
    return this.coats.get(name) ?? { fill: '#9aa3ad', ink: '#000000', sign: '?' };
  }
}

/** A letter of the name that nobody else has: of a port the place's, of a call the first free one. */
function signOf(name: string, taken: Set<string>): string {
  const letters =
    name === TRUCK ? 'T' : (/^[A-Z]{5}$/.test(name) ? name.slice(2) : name).toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  const free = [...letters, ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find((letter) => !taken.has(letter)) ?? '#';
  taken.add(free);
  return free;
}

export function coatOfStep(step: number, isDark: boolean): Coat {
  const at = Math.min(STEPS - 1, Math.max(0, step));
  const fill = (isDark ? DARK : LIGHT)[at]!;
  const isLightInk = isDark ? at < 3 : at >= 4;
  return { fill, ink: isLightInk ? '#ffffff' : '#000000', sign: String(at) };
}

/** How often each class stands in the yard. */
export function countClasses(stacks: Iterable<Stack>, by: Colouring, facts: Facts): Map<string, number> {
  const counts = new Map<string, number>();
  if (by !== 'port' && by !== 'ship') return counts;
  for (const stack of stacks) {
    for (const box of stack.boxes) {
      const name = by === 'port' ? box.pod : (facts.outlook.get(box.id)?.by ?? '');
      if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}
