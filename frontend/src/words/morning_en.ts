/** Words around the morning report; the report itself comes in its language. */
export const morning = {
  morning: {
    yesterday: 'Yesterday',
    language: 'Language of the report',
    shadow: 'With the shadow',
    shadowNote:
      'The whole log is worked once more by our planning, to say what that would have saved. This takes minutes.',
    working: 'The shadow works the whole log once more. This takes minutes; you may leave the page and come back.',
    pdf: 'PDF',
  },
};
