import type { Words } from './en';

/** 多日泊位规则的名称，按代码（docs/reference/berth-rules.md）。 */
export const berthRules = {
  'BERTH-LISTED': '不遗漏船舶',
  'BERTH-UNSERVED': '船舶未安排泊位',
  'BERTH-GRID': '位置与时间步长',
  'BERTH-QUAY': '在码头范围内',
  'BERTH-SECTION': '在同一区段内',
  'BERTH-OVERLAP': '一处只泊一船',
  'BERTH-GAP': '系泊间距',
  'BERTH-KIND': '码头类型',
  'BERTH-DEPTH': '泊位水深',
  'BERTH-TIDE': '航道水深',
  'BERTH-WIND': '靠离泊时的风',
  'BERTH-MOVEMENTS': '航道进出次数',
  'BERTH-EARLY': '不早于最早到达',
  'BERTH-DEPARTURE': '最晚离泊',
  'BERTH-FROZEN': '已冻结的靠泊',
  'BERTH-PAST': '已发生的不变',
  'CRANE-COUNT': '岸桥数量',
  'CRANE-MOORING': '系泊后才作业',
  'CRANE-RHYTHM': '岸桥数量何时可变',
  'CRANE-POOL': '可用且够得着的岸桥',
  'CRANE-WIND': '岸桥处的风',
  'CRANE-NAMED': '指定的岸桥',
  'CRANE-CROSS': '岸桥不能相互越过',
  'BERTH-WORK': '作业全部完成',
} as const;

/** 船舶为何未列入泊位计划，按代码（docs/reference/findings.md）。 */
export const leftOut: Record<string, string> = {
  'left-out-cannot-finish': '该船已在泊，剩余岸桥无法完成其作业。',
  'left-out-channel': '在其可能到达的时间内，航道水深始终不够。',
  'left-out-frozen-start': '其已冻结的开始时间不再可行。',
  'left-out-kind': '没有足够长的{quay_kind}码头区段。',
  'left-out-no-berth-so-long': '船长 {length_m} m，最长的泊位连同间距为 {longest_m} m。',
  'left-out-no-cranes': '够得着该船的可用岸桥不足，或岸桥因风停机。',
  'left-out-no-room': '搜索未能在其他船旁找到位置。',
  'left-out-no-time': '在必须离泊之前无法完成其作业。',
  'left-out-of-reach': '够得着该船的岸桥有 {cranes} 台，至少需要 {least} 台。',
  'left-out-tide': '潮汐使其无法在最晚离泊时间前离泊。',
  'left-out-tide-and-wind': '潮汐和风使其无法在最晚离泊时间前离泊。',
  'left-out-too-deep': '需要水深 {needed_m} m，最多只有 {deepest_m} m。',
  'left-out-too-long': '船长 {length_m} m，码头长 {quay_m} m。',
  'left-out-wanted-place': '不能停在 {at_m} m 处。',
  'left-out-wanted-time': '在指定的时间无法到达。',
  'left-out-water-falls': '作业尚未完成，水位就已过低。',
  'left-out-wind': '风始终不允许其靠泊。',
};

export const berths: Pick<Words, 'berthPlan'> = {
  berthPlan: {
    both: (one, other) => `${one} 与 ${other}`,
    costUnits: '费用单位',
    costs: (unit) => `费用（${unit}）`,
    atTime: (when, what) => `${when}，${what}`,
  },
};
