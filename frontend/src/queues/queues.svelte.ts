/** The queues of the cranes at the quay: read when they are divided anew, moved on by what the stream tells. */

import { untrack } from 'svelte';
import { door, inWords } from '../wire/http';
import type { CraneQueue, LiveQueues, Vessel } from '../wire/messages';
import { stream } from '../wire/stream.svelte';
import { clashes, expected, planned, type Clash, type CraneWork } from './split';

class Queues {
  all = $state.raw<readonly CraneQueue[]>([]);
  apart = $state(0);
  problem = $state('');
  /** By call: numbers of the ship's bays, from the bow; until they are known, those that are worked. */
  private bays = $state.raw<ReadonlyMap<string, readonly number[]>>(new Map());
  private isReading = false;
  /** Something changed while they were read: what comes may be from before it. */
  private isStale = false;

  /** What makes the queues other ones than those that were read. */
  private readonly division = $derived(
    [
      ...[...stream.calls.values()].map((call) => `${call.id} ${call.splits}`),
      ...[...stream.quayCranes.values()].map((crane) => `${crane.id} ${crane.call} ${crane.steps} ${crane.is_held}`),
    ].join('|'),
  );

  /** For as long as the component is there that calls this. */
  watch(): void {
    $effect(() => {
      void this.division;
      void stream.returns;
      void stream.reloads;
      if (stream.link === 'open') untrack(() => void this.read());
    });
  }

  async read(): Promise<void> {
    this.isStale = this.isReading;
    if (this.isReading) return;
    this.isReading = true;
    try {
      const told = await door.get<LiveQueues>('live/queues');
      this.all = told.queues;
      this.apart = told.crane_apart;
      this.problem = '';
    } catch (error) {
      this.problem = inWords(error);
    } finally {
      this.isReading = false;
    }
    if (this.isStale) await this.read();
  }

  ofCall(call: string): readonly CraneQueue[] {
    return this.all.filter((queue) => queue.call === call);
  }

  /** Steps that are done: the stream knows before the queue is read anew. */
  doneOf(queue: CraneQueue): number {
    const row = stream.quayCranes.get(queue.crane);
    return row && row.call === queue.call && row.steps === queue.kind.length ? row.done : queue.done;
  }

  workOf(queue: CraneQueue): CraneWork {
    return planned(queue, queue.started_ms, this.doneOf(queue));
  }

  expectedOf(queue: CraneQueue): CraneWork {
    return expected(this.workOf(queue), stream.nowMs);
  }

  clashesOf(call: string): Clash[] {
    return clashes(
      this.ofCall(call).map((queue) => this.expectedOf(queue)),
      this.apart,
    );
  }

  baysOf(call: string): readonly number[] {
    const worked = new Set(this.ofCall(call).flatMap((queue) => queue.bay));
    return this.bays.get(call) ?? [...worked].sort((a, b) => a - b);
  }

  async learnBays(call: string, plan: string): Promise<void> {
    if (this.bays.has(call) || !plan) return;
    const vessel = await door.get<Vessel>(`plans/${encodeURIComponent(plan)}/vessel`);
    this.bays = new Map(this.bays).set(call, vessel.bays.number);
  }
}

export const queues = new Queues();
