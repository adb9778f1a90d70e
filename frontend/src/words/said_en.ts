/** What the server says in English itself: here only the shape of what other languages say of it. */
export const said = {
  /** What the referee found, by its code. */
  found: {} as Record<string, string>,
  /** Words of the server's own within a value that is composed, by how they are in English. */
  phrases: {} as Record<string, string>,
  /** A time of a berth plan. */
  dayClock: (day: string, clock: string) => `day ${day} ${clock}`,
  /** What operations say of themselves, by its word. */
  says: {} as Record<string, string>,
  /** What is done with a box and what speaks for its slot, by its word. */
  why: {} as Record<string, string>,
  /** How far planning is, by its word. */
  tasks: {} as Record<string, string>,
  /** The server's own words where they stand alone: verbs and states of orders, phases, costs and figures. */
  terms: {} as Record<string, string>,
};
