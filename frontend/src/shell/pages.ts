/** The pages there are, in the order of the bar. Each is fetched when it is opened first. */

import type { Component } from 'svelte';
import type { Place } from '../route.svelte';
import type { Words } from '../words';

export interface Page {
  name: keyof Words['pages'];
  /** It shows what runs, and is there only where something does. */
  isLive: boolean;
  /** Where some of its places show what runs and others a plan: whether this one does. */
  runsAt?: (place: Place) => boolean;
  /** It looks back at a run, under way or over, and is there where there is one. */
  looksBack?: boolean;
  /** It shows neither what runs nor a plan: what has been, what could be, or who comes in. */
  mode?: 'replay' | 'attempt' | 'access' | 'training';
  /** Reached from other pages, not from the bar. */
  isAside?: boolean;
  load: () => Promise<{ default: Component }>;
}

export const PAGES: readonly Page[] = [
  { name: 'overview', isLive: true, load: () => import('../overview/OverviewPage.svelte') },
  { name: 'planning', isLive: false, load: () => import('../plan/PlanPage.svelte') },
  { name: 'vessel', isLive: false, load: () => import('../ship/VesselPage.svelte') },
  { name: 'queues', isLive: true, load: () => import('../queues/QueuesPage.svelte') },
  {
    name: 'yard',
    isLive: false,
    runsAt: (place) => place.parts[0] === 'live',
    load: () => import('../yard/YardPage.svelte'),
  },
  { name: 'quay', isLive: false, load: () => import('../quay/QuayPage.svelte') },
  {
    name: 'solid',
    isLive: false,
    isAside: true,
    runsAt: (place) => place.parts[0] === 'live',
    load: () => import('../solid/SolidPage.svelte'),
  },
  { name: 'fleet', isLive: true, load: () => import('../fleet/FleetPage.svelte') },
  { name: 'numbers', isLive: true, looksBack: true, load: () => import('../numbers/NumbersPage.svelte') },
  {
    name: 'replay',
    isLive: false,
    looksBack: true,
    mode: 'replay',
    load: () => import('../replay/ReplayPage.svelte'),
  },
  {
    name: 'morning',
    isLive: false,
    looksBack: true,
    mode: 'replay',
    load: () => import('../morning/MorningPage.svelte'),
  },
  { name: 'training', isLive: false, mode: 'training', load: () => import('../training/TrainingPage.svelte') },
  { name: 'try', isLive: true, mode: 'attempt', load: () => import('../attempt/TryPage.svelte') },
  { name: 'people', isLive: false, isAside: true, mode: 'access', load: () => import('../people/PeoplePage.svelte') },
];
