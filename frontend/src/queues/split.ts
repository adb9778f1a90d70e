/** The work of quay cranes over bays and time: when each step is likely to be done, and where cranes come too near. */

/** Steps of one crane in order; times are milliseconds on one clock, whichever that is. */
export interface CraneWork {
  crane: string;
  kind: readonly string[];
  bay: readonly number[];
  startMs: readonly number[];
  endMs: readonly number[];
  /** So many steps are done. */
  done: number;
}

/** A run of a crane's steps over one bay. */
export interface Stretch {
  crane: string;
  bay: number;
  startMs: number;
  endMs: number;
  isDone: boolean;
  /** Steps by their kind. */
  what: ReadonlyMap<string, number>;
}

export interface Clash {
  one: string;
  other: string;
  fromMs: number;
  untilMs: number;
  bays: readonly [number, number];
}

interface Columns {
  crane: string;
  kind: readonly string[];
  bay: readonly number[];
  start_s: readonly number[];
  end_s: readonly number[];
}

/** A queue as it is planned, its seconds counted from `zeroMs`. */
export function planned(queue: Columns, zeroMs: number, done = 0): CraneWork {
  const ms = (seconds: readonly number[]) => seconds.map((second) => zeroMs + 1_000 * second);
  const { crane, kind, bay } = queue;
  return { crane, kind, bay, startMs: ms(queue.start_s), endMs: ms(queue.end_s), done };
}

/** How late a crane is, in milliseconds: below 0 when it is at a step before that one's time. */
export function behindMs(work: CraneWork, nowMs: number): number {
  const start = work.startMs[work.done];
  const end = work.endMs[work.done];
  if (start === undefined || end === undefined) return 0;
  return nowMs > end ? nowMs - end : nowMs < start ? nowMs - start : 0;
}

/** The same work with what is to come shifted by how late the crane is now; nothing to come begins in the past. */
export function expected(work: CraneWork, nowMs: number): CraneWork {
  const behind = behindMs(work, nowMs);
  const shift = (ms: number, at: number) => (at < work.done ? ms : ms + behind);
  return { ...work, startMs: work.startMs.map(shift), endMs: work.endMs.map(shift) };
}

export function stretches(work: CraneWork): Stretch[] {
  const found: Stretch[] = [];
  work.bay.forEach((bay, at) => {
    const isDone = at < work.done;
    const last = found.at(-1);
    const kind = work.kind[at] ?? '';
    const [startMs, endMs] = [work.startMs[at] ?? 0, work.endMs[at] ?? 0];
    if (last && last.bay === bay && last.isDone === isDone) {
      last.endMs = Math.max(last.endMs, endMs);
      (last.what as Map<string, number>).set(kind, (last.what.get(kind) ?? 0) + 1);
    } else found.push({ crane: work.crane, bay, startMs, endMs, isDone, what: new Map([[kind, 1]]) });
  });
  return found;
}

/** Where two cranes of one ship would work nearer to each other than they may, among what is to come. */
export function clashes(works: readonly CraneWork[], apart: number): Clash[] {
  const runs = works.map((work) => stretches(work).filter((run) => !run.isDone));
  const found: Clash[] = [];
  runs.forEach((ones, at) => {
    for (const others of runs.slice(at + 1)) {
      for (const one of ones) {
        for (const other of others) {
          const fromMs = Math.max(one.startMs, other.startMs);
          const untilMs = Math.min(one.endMs, other.endMs);
          if (fromMs < untilMs && Math.abs(one.bay - other.bay) < apart)
            found.push({ one: one.crane, other: other.crane, fromMs, untilMs, bays: [one.bay, other.bay] });
        }
      }
    }
  });
  return found.sort((a, b) => a.fromMs - b.fromMs);
}
