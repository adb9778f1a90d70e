import type { Words } from './en';

/** Cómo se llaman las reglas del muelle sobre días, por su código (docs/reference/berth-rules.md). */
export const berthRules = {
  'BERTH-LISTED': 'Ningún buque se olvida',
  'BERTH-UNSERVED': 'Buque sin atención',
  'BERTH-GRID': 'Pasos de posición y tiempo',
  'BERTH-QUAY': 'Dentro del muelle',
  'BERTH-SECTION': 'Dentro de una sección',
  'BERTH-OVERLAP': 'Un buque en un lugar',
  'BERTH-GAP': 'Separación de amarre',
  'BERTH-KIND': 'Tipo de muelle',
  'BERTH-DEPTH': 'Agua en el atracadero',
  'BERTH-TIDE': 'Agua en el canal',
  'BERTH-WIND': 'Viento al atracar o zarpar',
  'BERTH-MOVEMENTS': 'Movimientos en el canal',
  'BERTH-EARLY': 'No antes de poder llegar',
  'BERTH-DEPARTURE': 'Última salida',
  'BERTH-FROZEN': 'Estadía fija',
  'BERTH-PAST': 'Lo pasado se queda',
  'CRANE-COUNT': 'Número de grúas',
  'CRANE-MOORING': 'Trabajo solo amarrado',
  'CRANE-RHYTHM': 'Cuándo cambia el número de grúas',
  'CRANE-POOL': 'Grúas disponibles y con alcance',
  'CRANE-WIND': 'Viento en las grúas',
  'CRANE-NAMED': 'Grúa nombrada',
  'CRANE-CROSS': 'Las grúas no se adelantan',
  'BERTH-WORK': 'Todo su trabajo se hace',
} as const;

/** Por qué un buque queda fuera del plan, por su código (docs/reference/findings.md). */
export const leftOut: Record<string, string> = {
  'left-out-cannot-finish': 'Está en el muelle y las grúas que quedan no pueden terminarlo.',
  'left-out-channel': 'El canal nunca tiene agua para él cuando podría llegar.',
  'left-out-frozen-start': 'Su inicio fijado ya no es posible.',
  'left-out-kind': 'Ningún tramo de muelle de {quay_kind} es bastante largo para él.',
  'left-out-no-berth-so-long': 'Mide {length_m} m; el atracadero más largo, {longest_m} m con su separación.',
  'left-out-no-cranes': 'No hay bastantes grúas disponibles con alcance para él, o el viento las detiene.',
  'left-out-no-room': 'La búsqueda no halló lugar para él junto a los demás.',
  'left-out-no-time': 'Su trabajo no puede terminar antes de que deba salir.',
  'left-out-of-reach': 'Las grúas con alcance para él son {cranes}; necesita {least}.',
  'left-out-tide': 'La marea no lo deja salir antes de su última salida.',
  'left-out-tide-and-wind': 'La marea y el viento no lo dejan salir antes de su última salida.',
  'left-out-too-deep': 'Necesita {needed_m} m de agua; hay a lo sumo {deepest_m} m.',
  'left-out-too-long': 'Mide {length_m} m; el muelle, {quay_m} m.',
  'left-out-wanted-place': 'No puede estar en los {at_m} m.',
  'left-out-wanted-time': 'No puede estar a la hora en que se fijó.',
  'left-out-water-falls': 'El agua baja demasiado antes de que su trabajo pueda terminar.',
  'left-out-wind': 'El viento nunca lo deja atracar.',
};

export const berths: Pick<Words, 'berthPlan'> = {
  berthPlan: {
    both: (one, other) => `${one} y ${other}`,
    costUnits: 'unidades de costo',
    costs: (unit) => `Costo (${unit})`,
    atTime: (when, what) => `${when}, ${what}`,
  },
};
