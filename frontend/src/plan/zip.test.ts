import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plain } from './dropped';
import { crc32, zipped } from './zip';

describe('a zip of a call folder', () => {
  it('has the checksum that everybody reckons', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('is read by another program, name by name and byte by byte', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cabria-'));
    try {
      const text = new TextEncoder().encode('id = "tiny"\n');
      const archive = zipped([
        { name: 'call.toml', content: text },
        { name: 'grúa.csv', content: new Uint8Array() },
      ]);
      writeFileSync(join(folder, 'a.zip'), new Uint8Array(await archive.arrayBuffer()));
      const read =
        'import sys, zipfile, json; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None;' +
        'print(json.dumps([[n, z.read(n).decode()] for n in z.namelist()]))';
      const told = execFileSync('python3', ['-c', read, join(folder, 'a.zip')], { encoding: 'utf8' });
      expect(JSON.parse(told)).toEqual([
        ['call.toml', 'id = "tiny"\n'],
        ['grúa.csv', ''],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gets a name that the server takes', () => {
    for (const name of ['MSC Ádria 26', '-plan', '..', 'call-plan-a', '码头', 'x'.repeat(300)]) {
      expect(plain(name)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/);
      expect(plain(name)).not.toContain('-plan');
    }
  });
});
