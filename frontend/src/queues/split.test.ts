import { describe, expect, it } from 'vitest';
import { leadMs } from './lead';
import { behindMs, clashes, expected, planned, stretches } from './split';

const MIN = 60_000;
const queue = (crane: string, bays: number[], from = 0) => ({
  crane,
  kind: bays.map(() => 'load'),
  bay: bays,
  start_s: bays.map((_, at) => from + 60 * at),
  end_s: bays.map((_, at) => from + 60 * (at + 1)),
});

describe('the work of a crane', () => {
  it('is on time while it is at a step within that step’s time', () => {
    const work = planned(queue('QC1', [2, 2, 6]), 0, 1);
    expect(behindMs(work, 1.5 * MIN)).toBe(0);
    expect(behindMs(work, 3 * MIN)).toBe(MIN);
    expect(behindMs(work, 0.5 * MIN)).toBe(-0.5 * MIN);
  });

  it('moves what is to come by how late it is, and leaves what is done', () => {
    const work = expected(planned(queue('QC1', [2, 2, 6]), 0, 1), 4 * MIN);
    expect(work.startMs).toEqual([0, 3 * MIN, 4 * MIN]);
    expect(work.endMs[0]).toBe(MIN);
  });

  it('never begins the step it is at later than now, nor ends it before', () => {
    for (const now of [0, 0.4, 1, 1.7, 9]) {
      const work = expected(planned(queue('QC1', [2, 2, 6]), 0, 1), now * MIN);
      expect(work.startMs[1]).toBeLessThanOrEqual(now * MIN);
      expect(work.endMs[1]).toBeGreaterThanOrEqual(now * MIN);
    }
  });

  it('is drawn as stretches that have each step once', () => {
    const runs = stretches(planned(queue('QC1', [2, 2, 6, 6, 2]), 0, 1));
    expect(runs.map((run) => run.bay)).toEqual([2, 2, 6, 2]);
    expect(runs.reduce((sum, run) => sum + (run.what.get('load') ?? 0), 0)).toBe(5);
  });
});

describe('two cranes', () => {
  it('clash where they are nearer than they may be at one time, whoever is told first', () => {
    const [one, other] = [planned(queue('QC1', [2, 2]), 0), planned(queue('QC2', [6, 10], 60), 0)];
    expect(clashes([one, other], 8)).toEqual([
      { one: 'QC1', other: 'QC2', fromMs: MIN, untilMs: 2 * MIN, bays: [2, 6] },
    ]);
    expect(clashes([other, one], 8)).toHaveLength(1);
    expect(clashes([one, other], 4)).toEqual([]);
  });

  it('do not clash over what is done', () => {
    expect(clashes([planned(queue('QC1', [2, 2]), 0, 2), planned(queue('QC2', [6, 10], 60), 0)], 8)).toEqual([]);
  });
});

describe('the lead of a box', () => {
  it('is the time between its truck’s arrival at the crane and its turn', () => {
    const move = { next_stop: 'quay crane takes the boxes off' };
    expect(leadMs(move, { state: 'driving', arrives_ms: 5 * MIN }, 8 * MIN, MIN)).toBe(3 * MIN);
    expect(leadMs(move, { state: 'waiting', arrives_ms: 0 }, 8 * MIN, MIN)).toBe(7 * MIN);
    expect(leadMs(move, { state: 'driving', arrives_ms: 9 * MIN }, 8 * MIN, MIN)).toBe(-MIN);
  });

  it('is not known before a truck brings it to the crane', () => {
    const driving = { state: 'driving', arrives_ms: 5 * MIN };
    expect(leadMs({ next_stop: 'yard crane gives the box' }, driving, 8 * MIN, MIN)).toBeNull();
    expect(leadMs(undefined, undefined, 8 * MIN, MIN)).toBeNull();
  });
});
