/** A yard that is looked at: of the terminal now, or of a call folder before the first lift. */

import { untrack } from 'svelte';
import { Stock, type StockBox } from '../map/stock.svelte';
import { door, inWords } from '../wire/http';
import type { Yard as YardMessage, YardOutlook, YardTasks } from '../wire/messages';
import { stream } from '../wire/stream.svelte';
import { outlookOf, type Outlook } from './outlook';
import { Classes, countClasses, type Colouring, type Facts } from './shades';
import { boxesOfBay, stackName, stacksOf, type YardSpot } from './stacks';

export const LIVE = 'live';
/** How often the outlook and a block's moves are asked for anew while the terminal runs. */
const OUTLOOK_MS = 20_000;
const TASKS_MS = 5_000;

export class Yard {
  readonly stock = new Stock();
  outlook = $state.raw<ReadonlyMap<string, Outlook>>(new Map());
  tasks = $state.raw<YardTasks | null>(null);
  by = $state<Colouring>('fill');
  spot = $state.raw<YardSpot | null>(null);
  box = $state('');
  problem = $state('');

  readonly stacks = $derived.by(() => (void this.stock.number, stacksOf(this.stock.blocks, this.stock.boxes.values())));
  readonly nowMs = $derived(this.isLive ? Math.floor(stream.nowMs / 60_000) * 60_000 : 0);
  readonly facts: Facts = $derived({ outlook: this.outlook, nowMs: this.nowMs });
  readonly classes = $derived(new Classes(countClasses(this.stacks.values(), this.by, this.facts)));
  readonly inBay: readonly StockBox[] = $derived(
    this.spot ? boxesOfBay(this.stacks, this.spot.block, this.spot.bay) : [],
  );
  readonly digs = $derived([...this.outlook.values()].reduce((sum, one) => sum + one.dug, 0));

  constructor(readonly source: string) {}

  get isLive(): boolean {
    return this.source === LIVE;
  }

  get path(): string {
    return this.isLive ? 'live/yard' : `plans/${encodeURIComponent(this.source)}/yard`;
  }

  get chosen(): StockBox | undefined {
    void this.stock.number;
    return this.stock.boxes.get(this.box);
  }

  /** For as long as an effect lasts: reads all of it, and keeps up where the terminal runs. */
  keep(): void {
    if (this.isLive) this.stock.keepWith(stream);
    else $effect(() => untrack(() => void this.read()));
    $effect(() => this.again(() => this.readOutlook(), OUTLOOK_MS));
    $effect(() => {
      const block = this.spot?.block.id;
      return block ? this.again(() => this.readTasks(block), TASKS_MS) : undefined;
    });
    $effect(() => {
      if (!this.spot && this.stock.blocks.length)
        untrack(() => (this.spot = { block: this.stock.blocks[0]!, bay: 1, row: 1 }));
    });
  }

  /** Shows where a box stands; how many fit what was written. */
  find(sought: string): number {
    const number = sought.replaceAll(/\s/g, '').toUpperCase();
    const fits = this.stock.boxes.has(number)
      ? [number]
      : number.length < 4
        ? []
        : [...this.stock.boxes.keys()].filter((id) => id.includes(number)).sort();
    if (fits[0]) this.goTo(fits[0]);
    return fits.length;
  }

  goTo(id: string): void {
    const box = this.stock.boxes.get(id);
    const block = this.stock.blocks.find((one) => one.id === box?.block);
    if (!box || !block) return;
    this.box = id;
    this.spot = { block, bay: box.bay % 2 ? box.bay : box.bay - 1, row: box.row };
  }

  above(box: StockBox): StockBox[] {
    const stack = this.stacks.get(stackName(box.block, box.bay, box.row));
    return stack?.boxes.filter((one) => one.tier > box.tier) ?? [];
  }

  private again(act: () => Promise<void>, everyMs: number): (() => void) | undefined {
    untrack(() => void act());
    if (!this.isLive) return undefined;
    const timer = setInterval(() => stream.link === 'open' && void act(), everyMs);
    return () => clearInterval(timer);
  }

  async read(): Promise<void> {
    this.problem = '';
    try {
      this.stock.take(await door.get<YardMessage>(this.path));
    } catch (error) {
      this.problem = inWords(error);
    }
  }

  private async readOutlook(): Promise<void> {
    try {
      this.outlook = outlookOf(await door.get<YardOutlook>(`${this.path}/outlook`));
    } catch (error) {
      if (!this.outlook.size) this.problem = inWords(error);
    }
  }

  private async readTasks(block: string): Promise<void> {
    try {
      const tasks = await door.get<YardTasks>(`${this.path}/tasks/${encodeURIComponent(block)}`);
      if (this.spot?.block.id === block) this.tasks = tasks;
    } catch (error) {
      this.problem ||= inWords(error);
    }
  }
}
