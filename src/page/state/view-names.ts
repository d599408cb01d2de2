/** The views, in the order of the navigation. */
export const VIEWS = [
  { name: 'overview', title: 'Overview' },
  { name: 'wants', title: 'Wants' },
  { name: 'partners', title: 'Partners' },
  { name: 'serving', title: 'Serving' },
  { name: 'store', title: 'Store' },
  { name: 'files', title: 'Files' },
  { name: 'log', title: 'Log' },
  { name: 'reports', title: 'Laboratory' }
] as const

export type ViewName = (typeof VIEWS)[number]['name']
