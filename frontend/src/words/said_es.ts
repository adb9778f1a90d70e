import { found, phrases } from './found_es';
import type { said as english } from './said_en';

export const said: typeof english = {
  found,
  phrases,
  dayClock: (day, clock) => `día ${day}, ${clock}`,
};
