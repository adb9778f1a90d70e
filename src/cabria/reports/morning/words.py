"""The report's words in three languages, and what is worth changing for each cause; causes are the referee's legs."""

from __future__ import annotations

from collections.abc import Mapping

from cabria.referee.run_waiting import Leg
from cabria.reports.morning.progress import OUT, OWN_WORK, WIND

LANGUAGES = ("en", "es", "zh")
Words = Mapping[str, str]

TEXT: Mapping[str, Words] = {
    "en": {
        "title": "Morning report",
        "page": "page {number}",
        "figures": "The shift in figures",
        "figure": "Figure",
        "value": "Value",
        "moves": "Containers between ship and shore",
        "gmph": "Gross moves per crane hour",
        "waiting": "Quay cranes waiting, share of their time",
        "rehandles": "Rehandles per productive move",
        "turn": "Road trucks' turn time, mean, min",
        "kwh": "kWh per move",
        "empty": "Empty driving, share of the way",
        "berth": "Moves per gross berth hour",
        "parted": "Where plan and day parted",
        "parted_none": "No crane lost more than {minutes} minutes in any hour.",
        "crane": "Crane",
        "call": "Call",
        "hour": "Hour",
        "lost": "Lost, min",
        "behind_short": "Behind, min",
        "behind": "Behind since berthing, min",
        "done": "Done / planned",
        "why": "Why",
        "change": "Three things worth changing",
        "change_none": "Nothing cost the cranes more than {minutes} minutes.",
        "cost": "{cause}: {minutes} crane minutes lost, most at {crane} ({share})",
        "causes": "What quay cranes lost time to",
        "minutes": "Minutes",
        "shadow": "What shadow planning would have saved",
        "shadow_row": "{what}: {theirs} in fact, {ours} in the shadow, saved {saved}",
        "shadow_span": "The whole log is counted ({days}), not this shift alone. The shadow's machines are "
        "simulated and nobody hinders them: take it as the most that could be saved.",
        "digs": "Digs",
        "driven": "Driving, km",
        "crane_waiting": "Quay cranes waiting, h",
        "crane_hours": "Quay crane hours, from berthing to last work",
        "shadow_none": "Not asked for; the shadow works everything once more with simulated machines.",
        "notes": "Notes",
        "note_clock": "{at} {zone}, event {event}: the clock jumped back by {minutes} minutes. Everything is "
        "counted at the time that the log told, so that figures of these hours are not exact.",
        "note_gap": "From {at} to {until} {zone} nothing was recorded. Rates count these {minutes} minutes as well; "
        "how far cranes that had work then were behind their plan is not known from there on.",
        "note_unreadable": "From {at} {zone} on the log cannot be read, and is not in this report: {problem}",
        "note_shadow_broke": "The shadow broke a rule, so that its figures do not count: {day}, {rule}",
        "note_shadow_left": "{day}: the shadow handled {ours} containers of {theirs} that were handled in fact, "
        "{trucks} road trucks did not find their box, ships that had to wait: {ships}. What it saved counts the less.",
        "none": "-",
    },
    "es": {
        "title": "Informe de la mañana",
        "page": "página {number}",
        "figures": "El turno en cifras",
        "figure": "Cifra",
        "value": "Valor",
        "moves": "Contenedores entre buque y muelle",
        "gmph": "Movimientos brutos por hora de grúa",
        "waiting": "Espera de las grúas de muelle, parte de su tiempo",
        "rehandles": "Remociones por movimiento productivo",
        "turn": "Tiempo de los camiones externos en la terminal, media, min",
        "kwh": "kWh por movimiento",
        "empty": "Recorrido en vacío, parte del camino",
        "berth": "Movimientos por hora bruta de atraque",
        "parted": "Dónde se separaron el plan y el día",
        "parted_none": "Ninguna grúa perdió más de {minutes} minutos en una hora.",
        "crane": "Grúa",
        "call": "Escala",
        "hour": "Hora",
        "lost": "Perdidos, min",
        "behind_short": "Retraso, min",
        "behind": "Retraso desde el atraque, min",
        "done": "Hecho / previsto",
        "why": "Por qué",
        "change": "Tres cosas que conviene cambiar",
        "change_none": "Nada costó a las grúas más de {minutes} minutos.",
        "cost": "{cause}: {minutes} minutos de grúa perdidos, la mayoría en {crane} ({share})",
        "causes": "En qué perdieron tiempo las grúas de muelle",
        "minutes": "Minutos",
        "shadow": "Qué habría ahorrado la planificación en sombra",
        "shadow_row": "{what}: {theirs} en realidad, {ours} en la sombra, ahorro {saved}",
        "shadow_span": "Se cuenta todo el registro ({days}), no solo este turno. Las máquinas de la "
        "sombra son simuladas y nadie las estorba: tómelo como lo máximo que se podría ahorrar.",
        "digs": "Remociones",
        "driven": "Recorrido, km",
        "crane_waiting": "Espera de las grúas de muelle, h",
        "crane_hours": "Horas de grúa de muelle, del atraque al último trabajo",
        "shadow_none": "No se pidió; la sombra lo trabaja todo otra vez con máquinas simuladas.",
        "notes": "Notas",
        "note_clock": "{at} {zone}, evento {event}: el reloj saltó {minutes} minutos hacia atrás. Todo se cuenta "
        "a la hora que dice el registro; las cifras de esas horas no son exactas.",
        "note_gap": "Del {at} al {until} {zone} no se registró nada. Los ritmos cuentan también esos {minutes} "
        "minutos; desde ahí no se sabe cuánto se retrasaron las grúas que tenían trabajo.",
        "note_unreadable": "Desde el {at} {zone} el registro no se puede leer y no está en este informe: {problem}",
        "note_shadow_broke": "La sombra infringió una regla, así que sus cifras no valen: {day}, {rule}",
        "note_shadow_left": "{day}: la sombra movió {ours} contenedores de los {theirs} que se movieron, {trucks} "
        "camiones externos no hallaron su caja, buques que debieron esperar: {ships}. Lo ahorrado vale menos.",
        "none": "-",
    },
    "zh": {
        "title": "晨报",
        "page": "第 {number} 页",
        "figures": "本班指标",
        "figure": "指标",
        "value": "数值",
        "moves": "船岸间作业箱数",
        "gmph": "每岸桥小时毛作业量",
        "waiting": "岸桥等待时间占比",
        "rehandles": "每次有效作业的翻箱次数",
        "turn": "外集卡在场时间均值（分钟）",
        "kwh": "每次作业耗电（kWh）",
        "empty": "空驶里程占比",
        "berth": "每毛靠泊小时作业量",
        "parted": "计划与实际在何处偏离",
        "parted_none": "没有岸桥在任一小时内损失超过 {minutes} 分钟。",
        "crane": "岸桥",
        "call": "航次",
        "hour": "时段",
        "lost": "损失（分钟）",
        "behind_short": "落后（分钟）",
        "behind": "靠泊以来落后（分钟）",
        "done": "完成 / 计划",
        "why": "原因",
        "change": "三件值得改进的事",
        "change_none": "没有任何原因使岸桥损失超过 {minutes} 分钟。",
        "cost": "{cause}：岸桥共损失 {minutes} 分钟，{crane} 最多（{share}）",
        "causes": "岸桥时间损失在哪里",
        "minutes": "分钟",
        "shadow": "影子计划本可节省多少",
        "shadow_row": "{what}：实际 {theirs}，影子 {ours}，节省 {saved}",
        "shadow_span": "统计的是整个日志（{days}），不只是本班。影子用的是模拟设备，不受任何干扰："
        "请把它看作最多可节省的量。",
        "digs": "翻箱",
        "driven": "行驶里程（公里）",
        "crane_waiting": "岸桥等待（小时）",
        "crane_hours": "岸桥工时（小时，自靠泊至最后作业）",
        "shadow_none": "未要求；影子计划会用模拟设备把全部作业重做一遍。",
        "notes": "备注",
        "note_clock": "{at} {zone}，事件 {event}：时钟倒退了 {minutes} 分钟。一切按日志所记的时间统计，"
        "这几个小时的指标不准确。",
        "note_gap": "{at} 至 {until} {zone} 没有任何记录。各项速率也计入这 {minutes} 分钟；"
        "当时有作业的岸桥此后落后计划多少，无法得知。",
        "note_unreadable": "自 {at} {zone} 起日志无法读取，未计入本报告：{problem}",
        "note_shadow_broke": "影子计划违反了规则，其数值不作数：{day}，{rule}",
        "note_shadow_left": "{day}：实际作业 {theirs} 箱，影子作业 {ours} 箱，{trucks} 辆外集卡没有取到箱，"
        "须等待的船：{ships}。其节省量应打折扣看待。",
        "none": "-",
    },
}

CAUSES: Mapping[str, Mapping[str, str]] = {
    Leg.NO_MOVE: {"en": "truck idle", "es": "camión sin trabajo", "zh": "集卡闲置"},
    Leg.EMPTY: {"en": "truck drives empty", "es": "camión va vacío", "zh": "集卡空驶"},
    Leg.LOADED: {"en": "truck drives loaded", "es": "camión va cargado", "zh": "集卡重驶"},
    Leg.LANE: {"en": "lanes taken by others", "es": "carriles ocupados", "zh": "车道被占"},
    Leg.STAND: {"en": "stands taken by others", "es": "puestos ocupados", "zh": "车位被占"},
    Leg.YARD_QUEUE: {"en": "yard crane has other work", "es": "grúa de patio ocupada", "zh": "场桥另有作业"},
    Leg.DIG: {"en": "yard crane digs", "es": "grúa de patio remueve", "zh": "场桥翻箱"},
    Leg.YARD_WORK: {"en": "yard crane at work", "es": "grúa de patio trabaja", "zh": "场桥作业中"},
    Leg.QUAY_TURN: {"en": "not its turn", "es": "no es su turno", "zh": "未轮到"},
    Leg.QUAY_WORK: {"en": "quay crane at work", "es": "grúa de muelle trabaja", "zh": "岸桥作业中"},
    Leg.NO_TRUCK: {"en": "no truck free", "es": "ningún camión libre", "zh": "无空闲集卡"},
    OUT: {"en": "crane out of service", "es": "grúa fuera de servicio", "zh": "岸桥停用"},
    WIND: {"en": "stopped by wind", "es": "parada por viento", "zh": "大风停机"},
    OWN_WORK: {
        "en": "its own work took longer than planned",
        "es": "su propio trabajo tardó más de lo previsto",
        "zh": "自身作业慢于计划",
    },
    "truck with the box under way": {"en": "box under way", "es": "caja en camino", "zh": "箱在途中"},
    "box still in the yard": {"en": "box still in the yard", "es": "caja aún en el patio", "zh": "箱仍在堆场"},
    "empty truck under way": {"en": "empty truck under way", "es": "camión vacío en camino", "zh": "空车在途中"},
    "no truck": {"en": "no truck", "es": "sin camión", "zh": "无集卡"},
    "box not released": {"en": "box not released", "es": "caja sin liberar", "zh": "箱未放行"},
    "queue held": {"en": "queue held", "es": "cola retenida", "zh": "作业队列暂停"},
    "another crane is in the way": {
        "en": "another crane is in the way",
        "es": "otra grúa estorba el paso",
        "zh": "被另一岸桥挡住",
    },
    "another crane's work comes first": {
        "en": "another crane's work comes first",
        "es": "antes va el trabajo de otra grúa",
        "zh": "须先完成另一岸桥的作业",
    },
}

ADVICE: Mapping[str, Mapping[str, str]] = {
    Leg.LOADED: {
        "en": "Boxes stand far from the ship or are sent late: stow the next call's exports nearer to its berth, or "
        "look further ahead.",
        "es": "Las cajas están lejos del buque o salen tarde: apile la exportación de la próxima escala más cerca de "
        "su atraque o mire más adelante.",
        "zh": "箱子离船太远或发车太晚：把下一航次的出口箱堆得离泊位近些，或加大前瞻量。",
    },
    Leg.EMPTY: {
        "en": "Trucks come back from far: pair discharges with loads near by, or add a truck for these hours.",
        "es": "Los camiones vuelven de lejos: empareje descargas con cargas cercanas o añada un camión en esas horas.",
        "zh": "集卡从远处返回：就近配对卸船与装船作业，或在这些时段增加集卡。",
    },
    Leg.NO_TRUCK: {
        "en": "There were too few trucks: bring those in repair or at chargers back before this hour, or give the "
        "crane fewer moves then.",
        "es": "Faltaron camiones: devuelva antes de esa hora los que se reparan o cargan, o dé menos movimientos a la "
        "grúa.",
        "zh": "集卡不足：在该时段前让维修或充电的集卡归队，或减少岸桥的作业量。",
    },
    Leg.YARD_QUEUE: {
        "en": "One yard crane had too much at once: spread the load list over more blocks, and keep gate work out of "
        "this hour.",
        "es": "Una grúa de patio tuvo demasiado a la vez: reparta la lista de carga en más bloques y aparte el trabajo "
        "de puerta de esa hora.",
        "zh": "某台场桥同时任务过多：把装船箱分散到更多箱区，并避开闸口作业高峰。",
    },
    Leg.DIG: {
        "en": "Boxes stood under others: sort these bays the night before (`cabria yard premarshal`).",
        "es": "Había cajas debajo de otras: ordene esas bahías la noche anterior (`cabria yard premarshal`).",
        "zh": "要装的箱被压在下面：前一晚整理这些贝位（`cabria yard premarshal`）。",
    },
    Leg.YARD_WORK: {
        "en": "Yard cranes began late: let boxes go on their way earlier.",
        "es": "Las grúas de patio empezaron tarde: libere antes las cajas.",
        "zh": "场桥开始太晚：提前放行箱子。",
    },
    Leg.LANE: {
        "en": "Lanes were full: spread the calls' blocks, or open a second way to this berth.",
        "es": "Los carriles estaban llenos: reparta los bloques de las escalas o abra un segundo acceso a ese atraque.",
        "zh": "车道拥堵：分散各航次使用的箱区，或为该泊位开放第二条通道。",
    },
    Leg.STAND: {
        "en": "Trucks stood in each other's way: fewer trucks at this crane or block at once.",
        "es": "Los camiones se estorbaban: menos camiones a la vez en esa grúa o bloque.",
        "zh": "集卡互相妨碍：减少同时前往该岸桥或箱区的集卡。",
    },
    Leg.NO_MOVE: {
        "en": "Trucks stood idle while a crane waited: let boxes go on their way earlier, or look further ahead.",
        "es": "Había camiones parados mientras una grúa esperaba: libere antes las cajas o mire más adelante.",
        "zh": "岸桥等待时集卡却闲置：提前放行箱子，或加大前瞻量。",
    },
    Leg.QUAY_TURN: {
        "en": "Trucks stood at the crane out of turn: let more boxes be loaded before their turn, or send them closer "
        "to it.",
        "es": "Los camiones llegaron a la grúa fuera de turno: permita cargar más cajas antes de su turno o envíelas "
        "más cerca de él.",
        "zh": "集卡到岸桥时未轮到：允许更多箱子提前装船，或更贴近轮次发车。",
    },
    Leg.QUAY_WORK: {
        "en": "The crane was slow with the truck under it: look at its cycle times and at lashing and twist-locks.",
        "es": "La grúa fue lenta con el camión debajo: mire sus tiempos de ciclo, el trincaje y los conos.",
        "zh": "集卡在岸桥下等待过久：检查其循环时间、绑扎与转锁作业。",
    },
    "another crane's work comes first": {
        "en": "Cranes waited for each other: plan their bays farther apart, or in another order.",
        "es": "Unas grúas esperaron a otras: planifique sus bahías más separadas o en otro orden.",
        "zh": "岸桥互相等待：把它们的贝位排得更开，或调整顺序。",
    },
    OUT: {
        "en": "The crane was out: say when it comes back as soon as it is known, so that its work is divided anew.",
        "es": "La grúa estuvo fuera: diga cuándo vuelve en cuanto se sepa, para repartir de nuevo su trabajo.",
        "zh": "岸桥停用：一旦知道恢复时间就登记，以便重新分配其作业。",
    },
    OWN_WORK: {
        "en": "Lifts took longer than the plan counts: look at this crane's cycle times, and plan with them.",
        "es": "Los ciclos duraron más de lo que cuenta el plan: mire los tiempos de esta grúa y planifique con ellos.",
        "zh": "作业循环慢于计划：检查该岸桥的循环时间，并据此制定计划。",
    },
}
ELSE = {
    "en": "Look at the log of these hours.",
    "es": "Mire el registro de esas horas.",
    "zh": "请查看这些时段的日志。",
}


def cause_words(cause: str, language: str) -> str:
    """A cause in a language; one that nobody has translated as the log has it."""
    return CAUSES.get(cause, {}).get(language, str(cause))


def advice(cause: str, language: str) -> str:
    return ADVICE.get(cause, ELSE)[language]
