/** Asks the server. Whatever goes wrong arrives as a `Refusal` with a sentence that people can read. */

import { settings } from '../settings.svelte';
import { refusalText } from '../words/refusing';
import type { Problem } from './messages';

const ROOT = 'api/v1/';

export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

class Door {
  /** From the session; goes along with everything that changes something. */
  csrf = '';
  /** Told when the server no longer knows who asks. */
  whenLoggedOut: () => void = () => {};

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.ask<T>('GET', path, undefined, signal);
  }

  async post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
    return this.ask<T>('POST', path, body, signal);
  }

  async delete<T>(path: string): Promise<T> {
    return this.ask<T>('DELETE', path);
  }

  /** A file as it is. */
  async send<T>(path: string, file: Blob): Promise<T> {
    return this.ask<T>('POST', path, file);
  }

  private async ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const isFile = body instanceof Blob;
    const answer = await this.reach(ROOT + path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': isFile ? 'application/zip' : 'application/json' }),
        ...(method === 'GET' ? {} : { 'X-Cabria-Csrf': this.csrf }),
      },
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    if (answer.ok) return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
    if (answer.status === 401 && path !== 'login') this.whenLoggedOut();
    throw new Refusal(await problemOf(answer));
  }

  private async reach(address: string, asked: RequestInit): Promise<Response> {
    try {
      return await fetch(address, asked);
    } catch (error) {
      throw isAbort(error) ? error : new Unreachable();
    }
  }
}

async function problemOf(answer: Response): Promise<Problem> {
  const bare: Problem = {
    type: 'about:blank',
    title: answer.statusText,
    status: answer.status,
    detail: `${answer.status} ${answer.statusText}`,
    place: '',
    remedy: '',
    findings: [],
    entry: 0,
    code: '',
    values: {},
  };
  try {
    return { ...bare, ...((await answer.json()) as Partial<Problem>) };
  } catch {
    return bare;
  }
}

export const door = new Door();

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** What went wrong, in a sentence of the reader's language, with the remedy where there is one. */
export function inWords(error: unknown): string {
  if (error instanceof Refusal) return refusalText(error.problem, settings.words, settings.language);
  if (error instanceof Unreachable) return settings.words.link.unreachable;
  return error instanceof Error ? error.message : String(error);
}
