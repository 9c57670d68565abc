/** The ways to look at a trace, in the order of their keys 1 to 5. */
export const traceTabs = ['waterfall', 'flame', 'table', 'logs', 'json'] as const;
export type TraceTab = (typeof traceTabs)[number];
