/** Lo que pide cada regla del árbitro (docs/reference/rules.md). */
export const asks = {
  'LIST-CALL': 'El plan es de esta escala.',
  'LIST-UNKNOWN': 'Solo se embarca o rechaza lo que está en la lista de embarque; nada se inventa.',
  'LIST-MISSING': 'Todo contenedor de la lista se embarca o se rechaza; ninguno se pierde.',
  'LIST-TWICE': 'Ningún contenedor se embarca y se rechaza a la vez.',
  'LIST-REASON': 'Todo rechazo dice por qué.',
  'LIST-RESTOW': 'Solo se remueven contenedores que siguen a bordo.',
  'LIST-STOPPED': 'Un contenedor retenido (aduana, cierre…) no se embarca.',
  'LIST-VGM': 'Ningún contenedor lleno se embarca sin masa bruta verificada (SOLAS VI/2).',
  'LIST-PORT': 'Todo contenedor a bordo va a un puerto de la rotación.',
  'LIST-LATE': 'Un contenedor que llega tarde no se pone a bordo antes de que esté.',
  'LIST-MASS': 'Todo contenedor tiene masa; uno de 0 kg hace parecer ligeros al buque y a la pila.',
  'POS-SLOT': 'Cada contenedor está en una celda que el perfil del buque tiene.',
  'POS-LENGTH': 'Uno de 20 pies va en bahía impar; uno más largo, en la par sobre dos impares.',
  'POS-CELL': 'La celda admite la longitud: 45 pies solo donde lo dice, nada más largo.',
  'POS-CLASH': 'Un contenedor por celda; uno de 40 y uno de 20 pies nunca comparten extremo.',
  'POS-SUPPORT': 'Ningún contenedor cuelga: cada extremo se apoya en el buque, en una tapa o en otro contenedor.',
  'POS-LEVEL': 'Uno de 40 pies está nivelado: lo que hay bajo sus dos extremos mide igual.',
  'POS-20-ON-40': 'Ninguno de 20 pies va sobre uno más largo.',
  'STACK-WEIGHT-20':
    'En cada extremo de una pila, los de 20 pies y la mitad de cada uno más largo no pesan más que el límite de 20 pies.',
  'STACK-WEIGHT-40': 'Los más largos de una pila y la mitad de los de 20 pies no pesan más que el límite de 40 pies.',
  'STACK-HEIGHT':
    'En cada extremo, las alturas no suman más que el límite de la pila; en bodega eso deja libre la tapa.',
  'STACK-INVERSION':
    'La carga nueva no pesa más que la carga nueva debajo, salvo la inversión que los ajustes permiten.',
  'STACK-LASHING':
    'Sustituto del cálculo de trinca: masa por altura sobre la base, sumada en la pila de cubierta, queda bajo el tope del perfil.',
  'REEFER-PLUG':
    'Un refrigerado con temperatura está junto a una toma: el de 20 pies en su extremo, el de 40 en cualquiera.',
  'DG-SEGREGATION':
    'La mercancía peligrosa guarda la distancia que piden sus clases (IMDG 7.2.4, 7.4.3), riesgos secundarios incluidos; exentas las cantidades limitadas.',
  'DG-DECK':
    'Lo que por clase o número ONU no puede ir bajo cubierta va en cubierta: 5.2, sustancias autorreactivas, clase 1 salvo 1.4.',
  'DG-UNKNOWN': 'Se conocen clase y número ONU; si no, una persona juzga estiba y segregación.',
  'DG-OPEN':
    'La mercancía peligrosa va en contenedores cerrados; las distancias de los abiertos las juzga una persona.',
  'DG-CATEGORY':
    'Si puede ir bajo cubierta lo decide la categoría de estiba de su número ONU, que una persona debe consultar.',
  'OOG-HEIGHT': 'Nada va sobre un contenedor con carga sobrealta.',
  'OOG-WIDTH':
    'La fila vecina está vacía donde la carga sobresale a lo ancho, en el mismo nivel y, si es sobrealta, en el siguiente.',
  'OOG-LENGTH':
    'El lugar a proa o a popa está vacío donde la carga sobresale a lo largo, salvo que el perfil muestre hueco suficiente.',
  'OOG-PLATFORM': 'Nada va sobre una plataforma cargada: no tiene testeros que lo sostengan.',
  'OVERSTOW-STACK': 'Ningún contenedor está sobre uno que sale antes, en ningún extremo de su pila.',
  'OVERSTOW-LID': 'Ningún contenedor está sobre una tapa bajo la que otro sale antes.',
  'CLEAR-STACK': 'Nada se iza ni se pone debajo de un contenedor que sigue a bordo sin removerse.',
  'CLEAR-LID': 'No se abre una tapa sobre la que queda un contenedor sin removerse.',
  'INSTRUCTION-CLASS':
    'La celda que nombra el armador lleva lo que pide: longitud, altura y tipo, puerto, operador, refrigerado, lleno o vacío.',
  'INSTRUCTION-MASS':
    'Un contenedor en una celda que nombra el armador pesa lo que pide, con la tolerancia de los ajustes.',
  'INSTRUCTION-OUTSIDE': 'Donde el armador instruye, se embarca en celdas que nombra; las demás piden su acuerdo.',
  'WISH-PIN': 'Un contenedor que el planificador fijó está donde lo fijó.',
  'WISH-FORBID': 'El plan no pone contenedores donde el planificador lo prohibió.',
  'WISH-KEEP': 'Una parte del buque que el planificador conservó está estibada como estaba, celda por celda.',
  'WISH-CRANE': 'El trabajo lo hacen las grúas a las que el planificador lo dio.',
  'WISH-ORDER': 'El trabajo que el planificador quiere primero acaba antes de que empiece el otro.',
  'WISH-BUDGET':
    'De los contenedores que un plan anterior colocó, cambian de celda o quedan en tierra como mucho los que admite el planificador.',
  'SHIP-DISPLACEMENT': 'El buque no pesa más que su desplazamiento máximo.',
  'SHIP-GM': 'El GM, sin corregir superficies libres, alcanza el límite del perfil y es positivo.',
  'SHIP-TRIM': 'El asiento, apopante o aproante, está dentro de los límites.',
  'SHIP-LCG': 'El centro de masas a lo largo está donde lo admite la tabla hidrostática.',
  'SHIP-LIST': 'La escora está dentro de su límite.',
  'SHIP-TCG': 'El centro de masas a lo ancho está dentro de su límite.',
  'SHIP-DRAUGHT': 'El calado medio está dentro de su límite.',
  'SHIP-SHEAR': 'El esfuerzo cortante está en cada sección dentro de sus límites.',
  'SHIP-BENDING': 'El momento flector está en cada sección dentro de sus límites.',
  'SHIP-TANK': 'Los tanques llevan lo que dice el plan: el tanque existe y tiene cabida.',
  'SHIP-VISIBILITY':
    'Desde el puente se ve el mar sobre las pilas a partir de dos esloras o 500 m ante la proa, 10 grados a cada banda (SOLAS V/22).',
  'WORK-STEP': 'Un paso iza un contenedor, dos en izada doble, o una tapa que el perfil conoce.',
  'WORK-ONCE': 'Cada descarga, embarque y remoción del plan se hace una vez, y no se iza nada más.',
  'WORK-SLOT': 'Un contenedor se iza de donde está y se pone donde el plan lo tiene.',
  'WORK-FREE': 'Un contenedor se iza solo cuando no tiene nada encima.',
  'WORK-SUPPORT': 'Un contenedor se pone solo en un lugar libre, sin nada encima y con apoyo bajo cada extremo.',
  'WORK-LIDS':
    'La bodega se trabaja solo con las tapas de la pila fuera, y en cubierta se pone solo sobre tapas puestas.',
  'WORK-LID-LIFT': 'Una tapa se quita solo si está puesta y vacía, y se pone solo si está fuera.',
  'WORK-LIDS-CLOSED': 'Todas las tapas están puestas al acabar.',
  'WORK-TWIN':
    'Una izada doble es de dos de 20 pies en los dos extremos de una celda, con no más peso que el del spreader, donde grúa y ajustes la permiten.',
  'CRANE-KNOWN': 'Cada cola de trabajo es de una grúa del terminal, una cola por grúa.',
  'CRANE-BAY': 'La grúa está sobre la bahía de lo que iza.',
  'CRANE-REACH': 'La grúa alcanza todas las filas de la bahía que trabaja, y su vía llega al lugar.',
  'CRANE-TIME':
    'Los pasos de una grúa se siguen, ninguno antes de que esté lista ni más corto que su ciclo o el tiempo de tapa; un embarque y la descarga siguiente pueden compartir ciclo doble si grúa y ajustes lo permiten.',
  'CRANE-OUTAGE': 'Ningún paso coincide con un tiempo en que la grúa está fuera.',
  'CRANE-TRAVEL': 'Entre dos pasos hay tiempo para trasladarse.',
  'CRANE-GAP': 'Las grúas guardan su orden y su distancia en todo momento, también al trasladarse.',
  'YARD-PLACE': 'Un contenedor se recoge de donde está en ese momento.',
  'YARD-TOP': 'Un contenedor se recoge solo cuando se apartó todo lo de encima.',
  'YARD-TARGET':
    'Lo que se aparta va a un lugar de la cuadrícula de su bloque que está libre, con apoyo, no demasiado alto y entre los de su longitud.',
  'YARD-PLUG': 'Un refrigerado conectado que se aparta vuelve a un lugar con toma.',
  'YARD-ONCE': 'Cada embarque se recoge exactamente una vez, y nada más sale del patio.',
  'YARD-NEEDED': 'Cada movimiento en el patio es para un embarque del plan.',
  'YARD-ABSENT': 'Todo lo que se embarca está en el patio; lo demás debe llegar a tiempo.',
  'YARD-ORDER': 'Cada bloque entrega en el orden en que las grúas quieren.',
  'YARD-DUE': 'Un embarque se pide a más tardar cuando la grúa de muelle empieza a embarcarlo.',
  'YARD-RUNWAY': 'No hay dos grúas de patio en un mismo lugar de la vía.',
};
