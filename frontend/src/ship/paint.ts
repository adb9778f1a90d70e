/** How boxes are coloured, and the signs that go with them: colour is never the only one. */

import type { Plan } from '../wire/messages';
import { FLAG } from './cargo';

export const COLOURINGS = ['port', 'weight', 'kind'] as const;
export type Colouring = (typeof COLOURINGS)[number];

export interface Coat {
  fill: string;
  ink: string;
  letter: string;
}

const UNKNOWN: Coat = { fill: '#ffffff', ink: '#000000', letter: '?' };

/** Light to heavy in six steps, readable without colour: the step is the letter. */
const WEIGHTS: readonly Coat[] = [
  { fill: '#eef4fb', ink: '#000000', letter: '0' },
  { fill: '#cfe1f3', ink: '#000000', letter: '1' },
  { fill: '#9cc4e4', ink: '#000000', letter: '2' },
  { fill: '#5b9bcb', ink: '#000000', letter: '3' },
  { fill: '#2a6ca6', ink: '#ffffff', letter: '4' },
  { fill: '#12406e', ink: '#ffffff', letter: '5' },
];
const WEIGHT_STEP_KG = 6_000;

const KINDS = {
  reefer: { fill: '#56b4e9', ink: '#000000', letter: 'R' },
  dangerous: { fill: '#e69f00', ink: '#000000', letter: 'D' },
  gauge: { fill: '#cc79a7', ink: '#000000', letter: 'O' },
  empty: { fill: '#f5f6f7', ink: '#000000', letter: 'E' },
  long: { fill: '#8fa3b5', ink: '#000000', letter: '4' },
  short: { fill: '#c9d4de', ink: '#000000', letter: '2' },
} satisfies Record<string, Coat>;

export class Palette {
  private readonly ports: Coat[];

  constructor(private readonly plan: Plan) {
    const marks = new Map(plan.ports.map((mark) => [mark.port, mark]));
    this.ports = plan.boxes.ports.map((port) => {
      const mark = marks.get(port);
      return mark ? { fill: mark.colour, ink: mark.ink, letter: mark.letter } : UNKNOWN;
    });
  }

  of(box: number, by: Colouring): Coat {
    const { boxes } = this.plan;
    if (by === 'port') return this.ports[boxes.pod[box] ?? -1] ?? UNKNOWN;
    if (by === 'weight') {
      const step = Math.min(WEIGHTS.length - 1, Math.floor((boxes.mass_kg[box] ?? 0) / WEIGHT_STEP_KG));
      return WEIGHTS[step] ?? UNKNOWN;
    }
    const flags = boxes.flags[box] ?? 0;
    if (flags & FLAG.DANGEROUS) return KINDS.dangerous;
    if (flags & FLAG.PLUG) return KINDS.reefer;
    if (flags & FLAG.GAUGE) return KINDS.gauge;
    if (flags & FLAG.EMPTY) return KINDS.empty;
    return (boxes.kinds[boxes.kind[box] ?? -1]?.length_ft ?? 40) <= 20 ? KINDS.short : KINDS.long;
  }

  weights(): { coat: Coat; fromKg: number }[] {
    return WEIGHTS.map((coat, step) => ({ coat, fromKg: step * WEIGHT_STEP_KG }));
  }

  kinds(): Record<keyof typeof KINDS, Coat> {
    return KINDS;
  }
}
