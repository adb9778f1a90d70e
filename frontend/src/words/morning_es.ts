import type { morning as english } from './morning_en';

export const morning: typeof english = {
  morning: {
    yesterday: 'Ayer',
    language: 'Idioma del informe',
    shadow: 'Con la sombra',
    shadowNote: 'Nuestra planificación trabaja de nuevo todo el registro y dice qué habría ahorrado. Tarda minutos.',
    working: 'La sombra trabaja de nuevo todo el registro. Tarda minutos; puede salir de la página y volver.',
    pdf: 'PDF',
  },
};
