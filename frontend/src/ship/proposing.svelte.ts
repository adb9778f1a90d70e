/** Another plan asked for, made by the server while work on this one goes on, and taken or dropped by a person. */

import { door, inWords, Refusal } from '../wire/http';
import type { AskReplan, Proposal, Task } from '../wire/messages';
import type { Desk } from './desk.svelte';
import { taskText } from '../words/refusing';
import { settings } from '../settings.svelte';

const ASK_MS = 500;

export class Proposing {
  task = $state.raw<Task | null>(null);
  proposal = $state.raw<Proposal | null>(null);
  problem = $state('');
  private timer = 0;

  constructor(private readonly desk: Desk) {
    void this.look();
  }

  get isRunning(): boolean {
    return this.task?.state === 'waiting' || this.task?.state === 'running';
  }

  async ask(wanted: Partial<AskReplan>): Promise<void> {
    const nothing = { from_work: false, late: [], shut_out: [], found: [], cranes_out: [], refused: [], seed: 0 };
    const body: AskReplan = { ...nothing, ...wanted };
    this.problem = '';
    this.proposal = null;
    try {
      this.follow(await door.post<Task>(`${this.desk.path}/replan`, body));
    } catch (error) {
      this.problem = inWords(error);
    }
  }

  async stop(): Promise<void> {
    if (this.task) this.follow(await door.delete<Task>(`tasks/${this.task.id}`));
  }

  /** Signs it: it becomes the plan. */
  async take(): Promise<boolean> {
    const revision = this.proposal?.revision ?? '';
    const isTaken = await this.desk.change('proposal', { revision });
    await this.look();
    return isTaken;
  }

  async drop(): Promise<void> {
    await door.delete(`${this.desk.path}/proposal`);
    this.proposal = null;
    this.task = null;
  }

  /** What is proposed for the plan as it is, also by somebody else or before the page was opened. */
  async look(): Promise<void> {
    try {
      this.proposal = await door.get<Proposal>(`${this.desk.path}/proposal`);
    } catch (error) {
      this.proposal = null;
      if (!(error instanceof Refusal && [404, 409].includes(error.status))) this.problem = inWords(error);
    }
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private follow(task: Task): void {
    this.task = task;
    clearTimeout(this.timer);
    if (this.isRunning) this.timer = window.setTimeout(() => void this.askOn(task.id), ASK_MS);
    else if (task.state === 'failed') this.problem = taskText(task, settings.words, settings.language);
    else void this.look();
  }

  private async askOn(id: string): Promise<void> {
    try {
      this.follow(await door.get<Task>(`tasks/${id}`));
    } catch (error) {
      this.problem = inWords(error);
    }
  }
}
