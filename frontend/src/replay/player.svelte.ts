/** The past as a stream that can be stopped, sought and run at any speed: films of the server, one after the other. */

import { untrack } from 'svelte';
import { door, inWords, isAbort } from '../wire/http';
import type { Changes, Event, Film, Yard } from '../wire/messages';
import { Stream } from '../wire/stream.svelte';
import { Stock } from '../map/stock.svelte';

/** Pictures of one film, and how many may be left when the next is asked for. */
const PICTURES = 120;
const AHEAD = 60;
/** How often the screen is given another picture. */
const TICK_MS = 200;
export const SPEEDS = [1, 5, 10, 30, 60, 300];
const MOST_EVENTS = 200;

export class Player {
  readonly stream = new Stream();
  readonly stock = new Stock();
  nowMs = $state(0);
  speed = $state(10);
  isPlaying = $state(false);
  isSeeking = $state(false);
  problem = $state('');
  events = $state.raw<readonly Event[]>([]);

  private coming: Changes[] = [];
  private comingEvents: Event[] = [];
  private filmedMs = 0;
  private asking: AbortController | null = null;
  private timer = 0;
  /** The end of the log: nothing is asked for behind it. */
  private lastMs = 0;

  constructor() {
    this.stream.mode = 'replay';
  }

  /** Time between two pictures at this speed. */
  private get everyMs(): number {
    return Math.max(200, TICK_MS * this.speed);
  }

  /** How far the log goes now. */
  reach(lastMs: number): void {
    this.lastMs = lastMs;
  }

  async seek(atMs: number): Promise<void> {
    const wanted = Math.round(Math.max(0, Math.min(atMs, this.lastMs)));
    this.nowMs = wanted;
    this.isSeeking = true;
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const film = await this.film(wanted, asking.signal);
      const yard = await door.get<Yard>(`past/yard?at_ms=${wanted}`, asking.signal);
      this.stream.hear(film.snapshot);
      this.stock.take(yard);
      this.events = [];
      this.take(film);
      this.problem = '';
    } catch (error) {
      if (isAbort(error)) return;
      this.problem = inWords(error);
      this.stop();
    }
    this.isSeeking = false;
    this.asking = null;
  }

  play(): void {
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.timer = window.setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    this.isPlaying = false;
    clearInterval(this.timer);
  }

  /** Another speed: what was asked for was in other pictures. */
  go(speed: number): void {
    this.speed = speed;
    void this.seek(this.nowMs);
  }

  end(): void {
    this.stop();
    this.asking?.abort();
  }

  private async film(fromMs: number, signal: AbortSignal): Promise<Film> {
    const untilMs = fromMs + PICTURES * this.everyMs;
    return door.get<Film>(`past/film?from_ms=${fromMs}&until_ms=${untilMs}&every_ms=${this.everyMs}`, signal);
  }

  private take(film: Film): void {
    this.coming.splice(0, this.coming.length, ...film.changes);
    this.comingEvents = film.events;
    this.filmedMs = film.until_ms;
    this.tellEvents();
  }

  private tick(): void {
    if (this.isSeeking) return;
    const changes = this.coming.shift();
    if (!changes || changes.now_ms > this.lastMs) {
      if (this.nowMs + this.everyMs > this.lastMs) this.stop();
      else if (!this.asking) void this.seek(this.nowMs);
      return;
    }
    this.nowMs = changes.now_ms;
    this.stream.hear(changes);
    const { places } = untrack(() => this.stream.placeNews);
    if (changes.boxes) this.stock.follow(places);
    this.tellEvents();
    if (this.coming.length < AHEAD && !this.asking && this.filmedMs < this.lastMs) void this.readOn();
  }

  /** The film behind the one that plays. */
  private async readOn(): Promise<void> {
    const asking = (this.asking = new AbortController());
    try {
      const film = await this.film(this.filmedMs, asking.signal);
      this.coming.push(...film.changes);
      this.comingEvents = [...this.comingEvents, ...film.events].slice(-2 * MOST_EVENTS);
      this.filmedMs = film.until_ms;
    } catch (error) {
      if (!isAbort(error)) this.problem = inWords(error);
    }
    if (this.asking === asking) this.asking = null;
  }

  private tellEvents(): void {
    const told = this.comingEvents.filter((event) => event.at_ms <= this.nowMs);
    if (!told.length) return;
    this.comingEvents = this.comingEvents.slice(told.length);
    this.events = [...told.reverse(), ...this.events].slice(0, MOST_EVENTS);
  }
}
