/** Planning under way and lately ended: told by the stream where one is open, else asked for. */

import { onMount, untrack } from 'svelte';
import { door } from '../wire/http';
import type { Task, Tasks as Told } from '../wire/messages';
import { stream } from '../wire/stream.svelte';

const ASK_MS = 700;
const IDLE_MS = 4_000;

export class Tasks {
  all = $state.raw<readonly Task[]>([]);
  readonly running = $derived(this.all.filter((task) => task.state === 'waiting' || task.state === 'running'));
  private timer = 0;

  /** `whenEnded` is told when one that was under way no longer is. */
  constructor(private readonly whenEnded: () => void) {}

  /** For as long as the component is there that calls this. */
  watch(): void {
    onMount(() => {
      void this.ask();
      return () => clearTimeout(this.timer);
    });
    $effect(() => {
      const told = stream.tasks;
      if (stream.link === 'open' && told.length) untrack(() => this.hear(told));
    });
  }

  take(task: Task): void {
    this.hear([task, ...this.all.filter((one) => one.id !== task.id)]);
    this.askIn(ASK_MS);
  }

  async stop(id: string): Promise<void> {
    this.take(await door.delete<Task>(`tasks/${id}`));
  }

  private hear(told: readonly Task[]): void {
    const before = new Set(this.running.map((task) => task.id));
    this.all = told;
    for (const task of this.running) before.delete(task.id);
    if (before.size) this.whenEnded();
  }

  private async ask(): Promise<void> {
    try {
      this.hear((await door.get<Told>('tasks')).tasks);
    } finally {
      this.askIn(this.running.length ? ASK_MS : IDLE_MS);
    }
  }

  private askIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask().catch(() => undefined), ms);
  }
}
