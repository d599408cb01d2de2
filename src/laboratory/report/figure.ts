/** Every figure there is: a run that replaces results removes these of the report, and no other file. */
export const FIGURE_NAMES = [
  'time-to-fetch-cdf',
  'time-to-first-block-cdf',
  'time-to-fetch-runs',
  'entries',
  'completion',
  'lorenz',
  'idle-uplink',
  'lost-time'
] as const

/** A figure of a report. Its SVG is empty where there is nothing to show. */
export interface Figure {
  readonly name: (typeof FIGURE_NAMES)[number]
  readonly svg: string
  readonly caption: string
}
