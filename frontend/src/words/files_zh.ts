export const filed: Record<string, string> = {};
export const places: Record<string, string> = {};
