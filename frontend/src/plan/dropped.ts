/** Files that were dropped or chosen: a zip goes as it is, a folder or its files as a zip of them. */

import { zipped, type Entry } from './zip';

export interface Load {
  name: string;
  archive: Blob;
}

/** What a drop brings: the files themselves, and those in the folders among them, one level deep. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const found: File[] = [];
  for (const entry of entries) {
    if (entry?.isFile) found.push(await fileOf(entry as FileSystemFileEntry));
    else if (entry?.isDirectory)
      for (const inside of await inFolder(entry as FileSystemDirectoryEntry))
        if (inside.isFile) found.push(await fileOf(inside as FileSystemFileEntry, entry.name));
  }
  return found;
}

/** Null where nothing was given. */
export async function loadOf(files: readonly File[]): Promise<Load | null> {
  const seen = files.filter((file) => !file.name.startsWith('.'));
  const [first] = seen;
  if (!first) return null;
  if (seen.length === 1 && /\.zip$/i.test(first.name)) return { name: plain(first.name.slice(0, -4)), archive: first };
  const entries: Entry[] = await Promise.all(
    seen.map(async (file) => ({ name: file.name, content: new Uint8Array(await file.arrayBuffer()) })),
  );
  return { name: plain(folderOf(first)), archive: zipped(entries) };
}

const FOLDERS = new WeakMap<File, string>();

function folderOf(file: File): string {
  return FOLDERS.get(file) ?? file.webkitRelativePath.split('/').at(-2) ?? 'call';
}

/** As the server takes names of calls. */
export function plain(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replaceAll(/-plan/g, '-')
      .replace(/^[._-]+/, '')
      .replace(/-+$/, '')
      .slice(0, 80) || 'call'
  );
}

function fileOf(entry: FileSystemFileEntry, folder = ''): Promise<File> {
  return new Promise((done, fail) =>
    entry.file((file) => {
      if (folder) FOLDERS.set(file, folder);
      done(file);
    }, fail),
  );
}

/** A browser tells them in portions. */
async function inFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return found;
    found.push(...some);
  }
}
