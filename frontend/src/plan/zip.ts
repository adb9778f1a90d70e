/** A zip of files as they are, nothing packed: how a folder goes to the server in one piece (APPNOTE 6.3, "stored"). */

export interface Entry {
  name: string;
  content: Uint8Array;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const UTF8 = 0x0800;
/** 1 January 1980: files of a call have no time that matters. */
const DAY = 0x0021;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

export function crc32(content: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of content) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

export function zipped(entries: readonly Entry[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const named = new TextEncoder().encode(name);
    const crc = crc32(content);
    const facts = [20, UTF8, 0, 0, DAY];
    const local = record(30, LOCAL, facts, [crc, content.length, content.length], [named.length, 0], named);
    const entry = record(46, CENTRAL, [20, ...facts], [crc, content.length, content.length], [named.length], named);
    new DataView(entry.buffer).setUint32(42, offset, true);
    parts.push(local, new Uint8Array(content));
    directory.push(entry);
    offset += local.length + content.length;
  }
  const length = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = record(22, END, [0, 0, entries.length, entries.length], [length, offset], [0]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}

/** A record of so many bytes with its signature, then shorts, longs, shorts, and a name behind it. */
function record(
  size: number,
  signature: number,
  shorts: readonly number[],
  longs: readonly number[],
  more: readonly number[],
  name = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  let at = 4;
  for (const value of shorts) (view.setUint16(at, value, true), (at += 2));
  for (const value of longs) (view.setUint32(at, value, true), (at += 4));
  for (const value of more) (view.setUint16(at, value, true), (at += 2));
  bytes.set(name, size);
  return bytes;
}
