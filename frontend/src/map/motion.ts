/** Machines glide between the places that the stream tells of, so that few messages look like motion. */

import type { Stream } from '../wire/stream.svelte';
import type { Spot } from './machines_drawing';

/** Farther than a machine drives between two messages: it was set elsewhere, and does not glide there. */
const LEAP_MM = 120_000;
const LONGEST_GLIDE_MS = 600;

interface Glide {
  from: Spot;
  to: Spot;
  since: number;
}

export class Motion {
  private readonly glides = new Map<string, Glide>();
  private number = -1;
  private heardAt = 0;
  private glideMs = 200;

  /** Takes over the latest places; `at` is the time of the frame. */
  follow(stream: Stream, at: number): void {
    if (stream.positionsNumber === this.number) return;
    if (this.number >= 0) this.glideMs = Math.min(LONGEST_GLIDE_MS, 0.7 * this.glideMs + 0.3 * (at - this.heardAt));
    this.number = stream.positionsNumber;
    this.heardAt = at;
    for (const [id, to] of stream.positions) {
      const known = this.glides.get(id);
      if (known?.to === to) continue;
      const from = known ? this.at(id, at)! : to;
      const leaps = Math.hypot(to.x - from.x, to.y - from.y) > LEAP_MM;
      this.glides.set(id, { from: leaps ? to : from, to, since: at });
    }
    for (const id of this.glides.keys()) if (!stream.positions.has(id)) this.glides.delete(id);
  }

  at(id: string, at: number): Spot | undefined {
    const glide = this.glides.get(id);
    if (!glide) return undefined;
    const share = Math.min(1, (at - glide.since) / this.glideMs);
    if (share >= 1) return glide.to;
    const { from, to } = glide;
    const turn = Math.atan2(Math.sin(to.heading - from.heading), Math.cos(to.heading - from.heading));
    return {
      x: from.x + (to.x - from.x) * share,
      y: from.y + (to.y - from.y) * share,
      heading: from.heading + turn * share,
    };
  }
}
