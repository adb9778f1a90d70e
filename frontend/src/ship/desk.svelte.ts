/** A plan on the planner's desk: what is shown of it, what is chosen, and every edit with its price before it is done. */

import type {
  AshoreEdit,
  AskEdit,
  Comparison,
  ExchangeEdit,
  FindingRow,
  LiveShip,
  MoveEdit,
  Plan,
  PlanNews,
  Price,
  Vessel,
  Why,
} from '../wire/messages';
import { door, inWords, isAbort, Refusal } from '../wire/http';
import { Aboard, FLAG, slotsIn, withNews, type Condition } from './cargo';
import { bayOfPlace, Hull, slotFor, slotText, type Bay, type Cell, type Spot, type Stack } from './hull';
import { Palette, type Colouring } from './paint';
import { covers } from './part';
import { Proposing } from './proposing.svelte';
import { carriedTo, type Chosen } from './selection';

export type Edit = AskEdit['edit'];

/** A box taken up, alone or with others that go as far as it goes; where it would go, and what that costs. */
export interface Carried {
  box: number;
  others: readonly number[];
  to: Spot | null;
  /** Where each would stand; empty where one of them cannot. */
  slots: ReadonlyMap<number, number>;
  edit: Edit | null;
  price: Price | null;
  refusal: string;
}

/** A cell that a wish is about: forbidden, or kept as it is. */
export interface Mark {
  stack: Stack;
  cell: Cell;
  isForbidden: boolean;
}

const SEVERITIES = ['hard', 'safety', 'commercial', 'note'];

export class Desk {
  plan = $state.raw<Plan>()!;
  hull = $state.raw<Hull>()!;
  condition = $state<Condition>('departure');
  colouring = $state<Colouring>('port');
  bayIndex = $state(0);
  /** The box that is looked at, as an index; -1 for none. */
  box = $state(-1);
  /** Where the reader last pointed, box or not: what wishes are asked for. */
  spot = $state.raw<Spot | null>(null);
  /** Loads chosen together. */
  selection = $state.raw<ReadonlySet<number>>(new Set());
  /** The slot of each box as the ship lies at the quay now; null where she is not worked. */
  now = $state.raw<readonly number[] | null>(null);
  why = $state.raw<Why | null>(null);
  carried = $state.raw<Carried | null>(null);
  isBusy = $state(false);
  /** What was just done or refused, for the eye and for screen readers. */
  said = $state('');
  hasFailed = $state(false);
  comparison = $state.raw<Comparison | null>(null);

  readonly palette = $derived(new Palette(this.plan));
  readonly index = $derived(new Map(this.plan.boxes.id.map((id, at) => [id, at])));
  readonly aboard = $derived(new Aboard(this.hull, this.plan, this.condition, this.now ?? []));
  readonly bay: Bay = $derived(this.hull.bays[this.bayIndex] ?? this.hull.bays[0]!);
  readonly findings = $derived(
    [...this.plan.findings].sort(
      (a, b) =>
        Number(Boolean(a.waived_by)) - Number(Boolean(b.waived_by)) ||
        Number(isFromArrival(a)) - Number(isFromArrival(b)) ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
    ),
  );
  readonly flagged = $derived(
    new Set(
      this.plan.findings
        .filter((one) => one.container && !isFromArrival(one) && !one.waived_by && one.severity !== 'note')
        .map((one) => this.index.get(one.container) ?? -1),
    ),
  );

  /** What wishes ask of each cell of a bay. */
  marksIn(bay: Bay): Mark[] {
    const wishes = this.plan.pins.filter((one) => one.kind === 'forbid' || one.kind === 'keep');
    return bay.stacks.flatMap((stack) =>
      stack.cells.flatMap((cell) => {
        const on = wishes.filter((one) => covers(one.place, bay, stack, cell, 'both'));
        if (!on.length) return [];
        return [{ stack, cell, isForbidden: on.some((one) => one.kind === 'forbid') }];
      }),
    );
  }

  readonly proposing: Proposing;
  private asking: AbortController | null = null;

  constructor(plan: Plan, vessel: Vessel) {
    this.plan = plan;
    this.hull = new Hull(vessel);
    this.proposing = new Proposing(this);
    const first = this.hull.bays.findIndex((bay) => this.aboard.in(bay.index).some((placed) => !placed.stays));
    this.bayIndex = Math.max(0, first);
  }

  static async open(id: string): Promise<Desk> {
    const path = `plans/${encodeURIComponent(id)}`;
    const [plan, vessel] = await Promise.all([door.get<Plan>(path), door.get<Vessel>(`${path}/vessel`)]);
    return new Desk(plan, vessel);
  }

  get path(): string {
    return `plans/${encodeURIComponent(this.plan.id)}`;
  }

  get canEdit(): boolean {
    return this.condition === 'departure' || this.condition === 'load';
  }

  /** Boxes that an edit may move: those of the load list. */
  isLoad(box: number): boolean {
    return Boolean((this.plan.boxes.flags[box] ?? 0) & FLAG.LOAD);
  }

  slotOf(box: number): number {
    return slotsIn(this.plan, this.condition, this.now ?? [])[box] ?? 0;
  }

  look(box: number): void {
    this.box = box;
    this.why = null;
    if (box >= 0 && this.isLoad(box)) void this.askWhy(box);
  }

  /** Shows where a box stands: in the condition on show if it is aboard then, else in the other one. */
  goToBox(box: number): boolean {
    if (!this.slotOf(box)) this.condition = this.plan.departure[box] ? 'departure' : 'arrival';
    const spot = this.hull.spot(this.slotOf(box));
    if (spot) this.bayIndex = spot.bay.index;
    this.look(box);
    return Boolean(spot);
  }

  goToFinding(finding: FindingRow): void {
    const box = this.index.get(finding.container) ?? -1;
    const bay = this.hull.bay(bayOfPlace(finding.place, this.hull))?.bay;
    if (box >= 0 && this.goToBox(box)) return;
    if (bay) this.bayIndex = bay.index;
    if (box >= 0) this.look(box);
  }

  step(bays: number): void {
    this.bayIndex = Math.min(this.hull.bays.length - 1, Math.max(0, this.bayIndex + bays));
  }

  choose(boxes: Iterable<number>): void {
    this.selection = new Set([...boxes].filter((box) => this.isLoad(box)));
  }

  /** In the choice if it was not, out of it if it was. */
  toggle(box: number): void {
    const others = [...this.selection].filter((one) => one !== box);
    this.choose(others.length < this.selection.size ? others : [...others, box]);
  }

  /** Takes up a box, and with it the whole choice if it is one of that. */
  pickUp(box: number): void {
    if (!this.canEdit || !this.isLoad(box)) return;
    const others = this.selection.has(box) ? [...this.selection].filter((one) => one !== box) : [];
    this.carried = { box, others, to: null, slots: new Map(), edit: null, price: null, refusal: '' };
  }

  putBack(): void {
    this.asking?.abort();
    this.carried = null;
  }

  /** Holds what is carried over a place and asks what it would cost to set it down there. */
  async holdOver(spot: Spot | null): Promise<void> {
    const held = this.carried;
    if (!held) return;
    this.asking?.abort();
    const slots = (spot && this.slotsTo(held, spot)) ?? new Map<number, number>();
    const edit = this.editTo(slots);
    this.carried = { ...held, to: spot, slots, edit, price: null, refusal: '' };
    if (!edit) return;
    const asking = (this.asking = new AbortController());
    try {
      const price = await door.post<Price>(`${this.path}/price`, { edit }, asking.signal);
      if (!asking.signal.aborted && this.carried) this.carried = { ...this.carried, price };
    } catch (error) {
      if (!isAbort(error) && !asking.signal.aborted && this.carried)
        this.carried = { ...this.carried, refusal: inWords(error) };
    }
  }

  async setDown(): Promise<boolean> {
    const edit = this.carried?.edit;
    this.asking?.abort();
    this.carried = null;
    return edit ? this.take(edit) : false;
  }

  lengthFt(box: number): number {
    return this.plan.boxes.kinds[this.plan.boxes.kind[box] ?? -1]?.length_ft ?? 40;
  }

  private slotsTo(held: Carried, spot: Spot): Map<number, number> | null {
    if (!held.others.length) {
      const slot = slotFor(spot, this.lengthFt(held.box));
      return slot ? new Map([[held.box, slot]]) : null;
    }
    const chosen = [held.box, ...held.others].map((box): Chosen => {
      return { box, slot: this.plan.departure[box] ?? 0, lengthFt: this.lengthFt(box) };
    });
    return carriedTo(this.hull, chosen, chosen[0]!, spot);
  }

  /** The edit that brings boxes to slots; null where one fits in no way, or all are there. */
  private editTo(slots: ReadonlyMap<number, number>): Edit | null {
    const edits: (MoveEdit | ExchangeEdit)[] = [];
    for (const [box, slot] of slots) {
      if (slot === this.plan.departure[box]) continue;
      const container = this.plan.boxes.id[box] ?? '';
      const there = this.occupants(slot).filter((one) => !slots.has(one));
      const [other] = there;
      if (other === undefined) edits.push({ kind: 'move', container, to: slotText(slot) });
      else if (there.length > 1 || !this.isLoad(other)) return null;
      else edits.push({ kind: 'exchange', one: container, other: this.plan.boxes.id[other] ?? '' });
    }
    const [first] = edits;
    return edits.length > 1 ? { kind: 'several', edits } : (first ?? null);
  }

  async take(edit: Edit): Promise<boolean> {
    const isTaken = await this.change('edits', { edit, revision: this.plan.revision });
    // What stands there now may be another box; a wish begins where the chosen one stands.
    if (isTaken) this.spot = null;
    return isTaken;
  }

  async leaveAshore(box: number, reason: string): Promise<boolean> {
    const edit: AshoreEdit = { kind: 'ashore', container: this.plan.boxes.id[box] ?? '', reason };
    return this.take(edit);
  }

  /** Reads how the ship lies at the quay; pages tell `hear` what changes after that. */
  async lookAboard(): Promise<void> {
    const ship = await door.get<LiveShip>(`live/ship/${encodeURIComponent(this.plan.call)}`);
    const slots = this.plan.boxes.id.map(() => 0);
    ship.id.forEach((id, at) => {
      const box = this.index.get(id);
      if (box !== undefined) slots[box] = ship.slot[at] ?? 0;
    });
    this.now = slots;
  }

  /** Boxes that came aboard, left or went elsewhere on board. */
  hear(places: ReadonlyMap<string, string>): void {
    if (!this.now) return;
    const slots = [...this.now];
    for (const [id, place] of places) {
      const box = this.index.get(id);
      const [call, slot] = place.split('/');
      if (box !== undefined) slots[box] = call === this.plan.call ? Number(slot) || 0 : 0;
    }
    this.now = slots;
  }

  async undo(): Promise<boolean> {
    return this.plan.can_undo ? this.change('undo', { revision: this.plan.revision }) : false;
  }

  async redo(): Promise<boolean> {
    return this.plan.can_redo ? this.change('redo', { revision: this.plan.revision }) : false;
  }

  async compareWith(other: string): Promise<void> {
    this.comparison = other ? await door.get<Comparison>(`${this.path}/compare/${encodeURIComponent(other)}`) : null;
  }

  /** Sends something that changes the plan, and takes over what it changed. */
  async change(act: string, body: unknown): Promise<boolean> {
    this.isBusy = true;
    this.said = '';
    this.hasFailed = false;
    try {
      const news = await door.post<PlanNews>(`${this.path}/${act}`, body);
      this.plan = news.is_new_list ? await door.get<Plan>(this.path) : withNews(this.plan, news);
      if (this.box >= 0) this.look(this.box);
      return true;
    } catch (error) {
      this.hasFailed = true;
      this.said = inWords(error);
      if (error instanceof Refusal && error.status === 409) this.plan = await door.get<Plan>(this.path);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** Boxes that take any of a slot's room on departure. */
  private occupants(slot: number): number[] {
    const wanted = this.hull.spot(slot);
    if (!wanted) return [];
    return new Aboard(this.hull, this.plan, 'departure')
      .in(wanted.bay.index)
      .filter(
        (placed) =>
          placed.stack === wanted.stack &&
          placed.cell === wanted.cell &&
          (placed.end === wanted.end || placed.end === 'both' || wanted.end === 'both'),
      )
      .map((placed) => placed.box);
  }

  private async askWhy(box: number): Promise<void> {
    try {
      const why = await door.get<Why>(`${this.path}/why/${encodeURIComponent(this.plan.boxes.id[box] ?? '')}`);
      if (this.box === box) this.why = why;
    } catch (error) {
      if (this.box === box) this.said = inWords(error);
    }
  }
}

export function isFromArrival(finding: FindingRow): boolean {
  return finding.cause === 'came aboard so';
}
