/** A berth plan on the planner's desk: what is shown of it, a ship taken up, and what would follow. */

import { settings } from '../settings.svelte';
import { door, inWords, isAbort, Refusal } from '../wire/http';
import type {
  BerthChoice,
  BerthMove,
  BerthPlanPage,
  BerthShip,
  BerthStay,
  BerthTrial,
  FindingRow,
} from '../wire/messages';
import { findingText } from '../words/refusing';
import { onGrid } from './chart';
import { placeText } from './places';

/** The pointer or the keys rest for so long before the server is asked what would follow. */
const REST_MS = 120;
const AROUND_S = 3;

export class Berths {
  page = $state.raw<BerthPlanPage>()!;
  ship = $state('');
  /** Where a person wants ships, in the order of taking them up. */
  moves = $state.raw<readonly BerthMove[]>([]);
  /** The ship in hand. */
  carried = $state('');
  trial = $state.raw<BerthTrial | null>(null);
  isTrying = $state(false);
  isBusy = $state(false);
  said = $state('');
  hasFailed = $state(false);

  readonly ships: ReadonlyMap<string, BerthShip> = $derived(
    new Map(this.page.ground.ships.map((ship) => [ship.id, ship])),
  );
  /** What is on show: the trial, else the plan; ships in hand lie where they are held. */
  readonly choice: BerthChoice = $derived(this.trial?.choice ?? this.page.choice);
  readonly stays: readonly BerthStay[] = $derived.by(() => {
    const held = new Map(this.moves.map((move) => [move.ship, move]));
    return this.choice.stays.map((stay) => {
      const move = held.get(stay.ship);
      if (!move) return stay;
      const later = move.start_min - stay.start_min;
      return {
        ...stay,
        position_mm: move.position_mm,
        start_min: move.start_min,
        end_min: stay.end_min + later,
        work: stay.work.map((part) => ({
          ...part,
          from_min: part.from_min + later,
          until_min: part.until_min + later,
        })),
      };
    });
  });
  readonly before: ReadonlyMap<string, BerthStay> = $derived(
    new Map(this.page.choice.stays.map((stay) => [stay.ship, stay])),
  );
  readonly hard = $derived(
    this.choice.findings.filter((one) => one.severity === 'hard' && one.cause !== 'came aboard so'),
  );

  private asking: AbortController | null = null;
  private rest = 0;
  private kept: readonly BerthMove[] = [];

  constructor(page: BerthPlanPage) {
    this.page = page;
  }

  static async open(id: string): Promise<Berths> {
    return new Berths(await door.get<BerthPlanPage>(`berths/${encodeURIComponent(id)}`));
  }

  get path(): string {
    return `berths/${encodeURIComponent(this.page.id)}`;
  }

  stay(ship: string): BerthStay | undefined {
    return this.stays.find((stay) => stay.ship === ship);
  }

  canMove(ship: string): boolean {
    return this.ships.has(ship) && !this.ships.get(ship)?.is_begun;
  }

  pickUp(ship: string): void {
    this.ship = ship;
    if (!this.canMove(ship)) return;
    this.kept = this.moves;
    this.carried = ship;
  }

  /** Holds the ship in hand, or another, at a place and time, and asks what would follow. */
  hold(ship: string, positionMm: number, startMin: number): void {
    const length = this.ships.get(ship)?.length_mm ?? 0;
    const { ground } = this.page;
    const at = onGrid(
      ground,
      Math.min(ground.length_mm - length, Math.max(0, positionMm)),
      Math.min(ground.horizon_min, Math.max(ground.now_min, startMin)),
    );
    const known = this.moves.find((move) => move.ship === ship);
    if (known?.position_mm === at.position_mm && known.start_min === at.start_min) return;
    this.moves = [...this.moves.filter((move) => move.ship !== ship), { ship, ...at }];
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => void this.attempt(false), REST_MS);
  }

  setDown(): void {
    this.carried = '';
  }

  putBack(): void {
    if (!this.carried) return;
    this.carried = '';
    this.moves = this.kept;
    if (this.moves.length) void this.attempt(false);
    else this.drop();
  }

  drop(): void {
    clearTimeout(this.rest);
    this.asking?.abort();
    this.carried = '';
    this.moves = [];
    this.trial = null;
    this.isTrying = false;
  }

  /** What would follow: the others as they are, or planned anew around the ships that were moved. */
  async attempt(replans: boolean): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    this.isTrying = true;
    this.hasFailed = false;
    this.said = '';
    const body = { moves: this.moves, replans, seconds: AROUND_S, revision: this.page.revision };
    try {
      const trial = await door.post<BerthTrial>(`${this.path}/try`, body, asking.signal);
      if (!asking.signal.aborted) this.trial = trial;
    } catch (error) {
      if (!isAbort(error) && !asking.signal.aborted) this.fail(error);
    } finally {
      if (this.asking === asking) this.isTrying = false;
    }
  }

  async commit(): Promise<boolean> {
    if (!this.trial) return false;
    return this.change('take', { trial: this.trial.trial, revision: this.trial.revision });
  }

  undo(): Promise<boolean> {
    return this.change('undo', { revision: this.page.revision });
  }

  redo(): Promise<boolean> {
    return this.change('redo', { revision: this.page.revision });
  }

  private async change(act: string, body: unknown): Promise<boolean> {
    this.isBusy = true;
    this.said = '';
    this.hasFailed = false;
    try {
      this.page = await door.post<BerthPlanPage>(`${this.path}/${act}`, body);
      this.drop();
      return true;
    } catch (error) {
      this.fail(error);
      if (error instanceof Refusal && error.status === 409) this.page = await door.get<BerthPlanPage>(this.path);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** What the referee found: of which ships and when, and what. */
  inWords(finding: FindingRow): string {
    const { words, language } = settings;
    const place = placeText(finding.place, (id) => this.ships.get(id)?.name || id, words);
    return `${place ? `${place}: ` : ''}${findingText(finding, words, language)}`;
  }

  private fail(error: unknown): void {
    this.hasFailed = true;
    this.said = inWords(error);
  }
}
