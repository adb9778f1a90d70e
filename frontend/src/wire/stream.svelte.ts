/** The terminal as it runs: one picture of it, kept up to date by the server's stream. */

import type {
  AlertRow,
  CallRow,
  Changes,
  LinkRow,
  LiveFigures,
  MoveRow,
  QuayCraneRow,
  Snapshot,
  Task,
  TruckRow,
  YardCraneRow,
} from './messages';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** A server that says nothing for so long is taken to be away: it beats at least once a second. */
const SILENCE_MS = 6_000;

export type LinkState = 'off' | 'opening' | 'open' | 'lost';

interface Where {
  x: number;
  y: number;
  heading: number;
}

/** Rows by their ids; the server's order is kept. */
type Rows<T> = ReadonlyMap<string, T>;

export class Stream {
  link = $state<LinkState>('off');
  /** When the picture was last true, by the clock of this machine. */
  heardAt = $state(0);
  /** How often so much changed that pages read the yard and the ships anew. */
  reloads = $state(0);
  /** How often the connection was lost and came back. */
  returns = $state(0);

  mode = $state('none');
  nowMs = $state(0);
  zeroUtcMs = $state(0);
  speed = $state(1);
  problem = $state('');
  calls = $state.raw<Rows<CallRow>>(new Map());
  trucks = $state.raw<Rows<TruckRow>>(new Map());
  quayCranes = $state.raw<Rows<QuayCraneRow>>(new Map());
  yardCranes = $state.raw<Rows<YardCraneRow>>(new Map());
  moves = $state.raw<Rows<MoveRow>>(new Map());
  links = $state.raw<Rows<LinkRow>>(new Map());
  alerts = $state.raw<Rows<AlertRow>>(new Map());
  tasks = $state.raw<readonly Task[]>([]);
  figures = $state.raw<LiveFigures | null>(null);
  atGate = $state.raw<readonly string[]>([]);
  /** Boxes whose place changed since they were last fetched, for pages that keep a picture of the yard or a ship. */
  placeNews = $state.raw<{ number: number; places: ReadonlyMap<string, string> }>({ number: 0, places: new Map() });

  /** Not reactive: they change many times a second, and only the map draws them. */
  readonly positions = new Map<string, Where>();
  positionsNumber = 0;

  private socket: WebSocket | null = null;
  private number = 0;
  private waitMs = FIRST_WAIT_MS;
  private timer = 0;
  private watch = 0;
  private wanted = false;

  open(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.watch = window.setInterval(() => this.lookForSilence(), 1_000);
    addEventListener('online', this.hurry);
    this.connect();
  }

  close(): void {
    this.wanted = false;
    clearInterval(this.watch);
    clearTimeout(this.timer);
    removeEventListener('online', this.hurry);
    this.socket?.close();
    this.socket = null;
    this.link = 'off';
  }

  /** Seconds of the terminal's clock as UTC milliseconds. */
  utcMs(ms: number): number {
    return this.zeroUtcMs + ms;
  }

  get hasPicture(): boolean {
    return this.heardAt > 0;
  }

  private readonly hurry = (): void => {
    if (this.link === 'lost') {
      this.waitMs = FIRST_WAIT_MS;
      this.connect();
    }
  };

  private connect(): void {
    clearTimeout(this.timer);
    this.socket?.close();
    const address = new URL('api/v1/stream', location.href.split('#')[0]);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.searchParams.set('format', 'json');
    if (this.number) address.searchParams.set('after', String(this.number));
    if (this.link === 'off') this.link = 'opening';
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.hear(JSON.parse(event.data as string) as Snapshot | Changes);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lose();
    };
  }

  private lose(): void {
    this.socket = null;
    if (!this.wanted) return;
    if (this.link !== 'lost') this.link = 'lost';
    this.timer = window.setTimeout(() => this.connect(), this.waitMs);
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2);
  }

  private lookForSilence(): void {
    if (this.link === 'open' && Date.now() - this.heardAt > SILENCE_MS) {
      const socket = this.socket;
      this.socket = null;
      socket?.close();
      this.lose();
    }
  }

  hear(message: Snapshot | Changes): void {
    if (this.link === 'lost') this.returns += 1;
    this.link = 'open';
    this.waitMs = FIRST_WAIT_MS;
    this.heardAt = Date.now();
    this.number = message.number;
    this.nowMs = message.now_ms;
    if (message.kind === 'snapshot') this.take(message);
    else this.change(message);
  }

  private take(picture: Snapshot): void {
    this.mode = picture.mode;
    this.zeroUtcMs = picture.zero_utc_ms;
    this.positions.clear();
    for (const name of ['calls', 'trucks', 'moves', 'alerts'] as const) this[name] = new Map();
    this.quayCranes = new Map();
    this.yardCranes = new Map();
    this.links = new Map();
    this.reloads += 1;
    this.change({ ...picture, kind: 'changes' });
  }

  private change(news: Changes): void {
    if (typeof news.speed === 'number') this.speed = news.speed;
    if (typeof news.problem === 'string') this.problem = news.problem;
    const gone = new Set(news.gone ?? []);
    this.calls = merged(this.calls, news.calls, gone);
    this.trucks = merged(this.trucks, news.trucks, gone);
    this.quayCranes = merged(this.quayCranes, news.quay_cranes, gone);
    this.yardCranes = merged(this.yardCranes, news.yard_cranes, gone);
    this.moves = merged(this.moves, news.moves, gone);
    this.alerts = merged(this.alerts, news.alerts, gone);
    if (news.links) {
      const links = new Map(this.links);
      for (const link of news.links) links.set(link.name, link);
      this.links = links;
    }
    if (news.figures) this.figures = news.figures;
    if (news.at_gate) this.atGate = news.at_gate;
    if (news.tasks) this.tasks = news.tasks;
    if (news.reload?.length) this.reloads += 1;
    if (news.boxes) {
      const { id, place } = news.boxes;
      this.placeNews = { number: news.number, places: new Map(id.map((box, at) => [box, place[at] ?? ''])) };
    }
    if (news.positions) {
      const { id, x_mm, y_mm, heading_mrad } = news.positions;
      id.forEach((machine, at) =>
        this.positions.set(machine, { x: x_mm[at] ?? 0, y: y_mm[at] ?? 0, heading: (heading_mrad[at] ?? 0) / 1000 }),
      );
      this.positionsNumber += 1;
    }
    for (const id of gone) this.positions.delete(id);
  }
}

/** The rows with those that are new or changed, and without those that are gone; the same map when nothing is. */
function merged<T extends { id: string }>(
  rows: Rows<T>,
  news: readonly T[] | null | undefined,
  gone: ReadonlySet<string>,
): Rows<T> {
  const leaves = [...gone].some((id) => rows.has(id));
  if (!news?.length && !leaves) return rows;
  const result = new Map(rows);
  for (const id of gone) result.delete(id);
  for (const row of news ?? []) result.set(row.id, row);
  return result;
}

export const stream = new Stream();
