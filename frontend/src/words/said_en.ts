/** What the server says in English itself: here only the shape of what other languages say of it. */
export const said = {
  /** What the referee found, by its code. */
  found: {} as Record<string, string>,
  /** Words of the server's own within a value that is composed, by how they are in English. */
  phrases: {} as Record<string, string>,
  /** A time of a berth plan. */
  dayClock: (day: string, clock: string) => `day ${day} ${clock}`,
};
