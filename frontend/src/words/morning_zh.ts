import type { morning as english } from './morning_en';

export const morning: typeof english = {
  morning: {
    yesterday: '昨天',
    language: '报告语言',
    shadow: '含影子计划',
    shadowNote: '由我们的计划系统把整个日志重新作业一遍，说明可节省多少。需要几分钟。',
    working: '影子计划正在把整个日志重新作业一遍，需要几分钟；可以离开本页再回来。',
    pdf: 'PDF',
  },
};
