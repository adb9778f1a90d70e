/** What stands in the yard, kept up to date by what the stream tells of boxes. */

import { untrack } from 'svelte';
import { door } from '../wire/http';
import type { Block, Yard } from '../wire/messages';
import type { Stream } from '../wire/stream.svelte';

export interface StockBox {
  id: string;
  block: string;
  bay: number;
  row: number;
  tier: number;
  lengthFt: number;
  massKg: number;
  pod: string;
  call: string;
  flags: number;
}

export const YARD_FLAG = { PLUG: 1, WANTED: 2, OUTBOUND: 4, CAME: 8, DANGEROUS: 16 } as const;
const YARD_PLACE = /^(.+)-(\d+)-(\d+)-(\d+)$/;

export class Stock {
  blocks = $state.raw<readonly Block[]>([]);
  /** Counts what has changed; the boxes themselves are no state, there are tens of thousands of them. */
  number = $state(0);
  isThere = $state(false);
  readonly boxes = new Map<string, StockBox>();
  private reading = false;

  async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      this.take(await door.get<Yard>('live/yard'));
    } finally {
      this.reading = false;
    }
  }

  take(yard: Yard): void {
    this.boxes.clear();
    yard.id.forEach((id, at) => {
      this.boxes.set(id, {
        id,
        block: yard.blocks[yard.block[at] ?? -1]?.id ?? '',
        bay: yard.bay[at] ?? 0,
        row: yard.row[at] ?? 0,
        tier: yard.tier[at] ?? 0,
        lengthFt: yard.length_ft[at] ?? 40,
        massKg: yard.mass_kg[at] ?? 0,
        pod: yard.ports[yard.pod[at] ?? 0] ?? '',
        call: yard.calls[yard.call[at] ?? 0] ?? '',
        flags: yard.flags[at] ?? 0,
      });
    });
    this.blocks = yard.blocks;
    this.isThere = true;
    this.number += 1;
  }

  /** Takes over where boxes are now. A box that nobody knew makes the yard be read anew. */
  follow(places: ReadonlyMap<string, string>): void {
    let isUnknown = false;
    for (const [id, place] of places) {
      const at = YARD_PLACE.exec(place);
      const known = this.boxes.get(id);
      if (!at) this.boxes.delete(id);
      else if (known) {
        this.boxes.set(id, {
          ...known,
          block: at[1] ?? '',
          bay: Number(at[2]),
          row: Number(at[3]),
          tier: Number(at[4]),
        });
      } else isUnknown = true;
    }
    this.number += 1;
    if (isUnknown) void this.read();
  }

  /** For as long as an effect lasts: reads the yard when it is due and follows the stream. */
  keepWith(stream: Stream): void {
    $effect(() => {
      void stream.returns;
      void stream.reloads;
      if (stream.link === 'open') untrack(() => void this.read());
    });
    $effect(() => {
      const { places } = stream.placeNews;
      if (places.size) untrack(() => this.follow(places));
    });
  }

  /** TEU in each odd bay of each block, and how many boxes there are wanted now: [fill, wanted] by "block bay". */
  byBay(): Map<string, { teu: number; wanted: number }> {
    const found = new Map<string, { teu: number; wanted: number }>();
    for (const box of this.boxes.values()) {
      const bays = box.bay % 2 ? [box.bay] : [box.bay - 1, box.bay + 1];
      for (const bay of bays) {
        const key = `${box.block} ${bay}`;
        const sum = found.get(key) ?? { teu: 0, wanted: 0 };
        sum.teu += 1;
        if (box.flags & YARD_FLAG.WANTED) sum.wanted += 1 / bays.length;
        found.set(key, sum);
      }
    }
    return found;
  }
}
