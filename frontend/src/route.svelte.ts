/** Where the reader is: `#page/part/part?key=value`. Every place can be linked to, and the way back works. */

export interface Place {
  page: string;
  parts: string[];
  asked: URLSearchParams;
}

export function parse(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', ...parts] = path.split('/').filter(Boolean).map(decodeURIComponent);
  return { page, parts, asked: new URLSearchParams(query) };
}

export function address(page: string, parts: readonly string[] = [], asked: Record<string, string> = {}): string {
  const query = new URLSearchParams(asked).toString();
  return `#${[page, ...parts].map(encodeURIComponent).join('/')}${query ? `?${query}` : ''}`;
}

class Route {
  place = $state.raw(parse(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.place = parse(location.hash)));
  }

  go(page: string, parts: readonly string[] = [], asked: Record<string, string> = {}): void {
    location.hash = address(page, parts, asked);
  }

  /** The first part of the place, for a page that stays until another is fetched: "" once the reader has gone on. */
  partOn(page: string): string {
    return this.place.page === page ? (this.place.parts[0] ?? '') : '';
  }

  /** What a page shows when it is opened without saying what: nothing where the reader has gone on meanwhile. */
  begin(page: string, part: string): void {
    if (this.place.page === page && !this.place.parts.length)
      this.replace(page, [part], Object.fromEntries(this.place.asked));
  }

  /** The same page seen otherwise: no step to go back to. */
  replace(page: string, parts: readonly string[] = [], asked: Record<string, string> = {}): void {
    history.replaceState(null, '', address(page, parts, asked));
    this.place = parse(location.hash);
  }
}

export const route = new Route();
