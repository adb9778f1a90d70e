/** What the rules of the quay over days are called, by their code (docs/reference/berth-rules.md), and where one is
 * broken. */
export const berthRules = {
  'BERTH-LISTED': 'No ship is forgotten',
  'BERTH-UNSERVED': 'Ship without a berth',
  'BERTH-GRID': 'Steps of place and time',
  'BERTH-QUAY': 'Within the quay',
  'BERTH-SECTION': 'Within one section',
  'BERTH-OVERLAP': 'One ship in one place',
  'BERTH-GAP': 'Mooring gap',
  'BERTH-KIND': 'Kind of quay',
  'BERTH-DEPTH': 'Water at the berth',
  'BERTH-TIDE': 'Water in the channel',
  'BERTH-WIND': 'Wind when she berths or leaves',
  'BERTH-MOVEMENTS': 'Movements in the channel',
  'BERTH-EARLY': 'Not before she can be there',
  'BERTH-DEPARTURE': 'Latest departure',
  'BERTH-FROZEN': 'Frozen stay',
  'BERTH-PAST': 'What is past stays',
  'CRANE-COUNT': 'Number of cranes',
  'CRANE-MOORING': 'Work only while moored',
  'CRANE-RHYTHM': 'When crane numbers may change',
  'CRANE-POOL': 'Cranes in order and in reach',
  'CRANE-WIND': 'Wind at the cranes',
  'CRANE-NAMED': 'Named crane',
  'CRANE-CROSS': 'Cranes cannot pass each other',
  'BERTH-WORK': 'All her work is done',
} as const;

export const berths = {
  berthPlan: {
    /** Two ships that a finding is about. */
    both: (one: string, other: string) => `${one} and ${other}`,
    /** What a unit of the costs is, where the case does not say. */
    costUnits: 'cost units',
    costs: (unit: string) => `Cost (${unit})`,
    /** When, and of which ship or ships. */
    atTime: (when: string, what: string) => `${when}, ${what}`,
  },
};
