import { found, phrases } from './found_zh';
import type { said as english } from './said_en';

export const said: typeof english = {
  found,
  phrases,
  dayClock: (day, clock) => `第 ${day} 天 ${clock}`,
};
