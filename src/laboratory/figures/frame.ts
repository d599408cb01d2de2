import { scaleLinear, scaleLog, scalePoint } from 'd3-scale'
import { element, escapeXml, label, strokeOf, svgDocument, wrapped } from './svg.ts'

export interface Axis {
  readonly label: string
  /** Ends of the axis, in its unit. */
  readonly domain: readonly [number, number]
  readonly isLog?: boolean
}

export interface FrameOptions {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  /** Names of what is drawn, in the order of their colours. */
  readonly legend?: readonly string[]
  /** Further lines below. */
  readonly notes?: readonly string[]
}

/** Where a number stands on an axis, and where it is marked. */
export interface Scale {
  (value: number): number
  readonly marks: readonly { readonly at: number; readonly text: string }[]
}

export const WIDTH = 640
const HEIGHT = 360
const LEFT = 64
const RIGHT = 16
const TOP = 36
const BOTTOM = 48
const LEGEND_ROW = 18
const MARKS = 6
/** Letters that fit in a row of the legend. */
const LEGEND_LETTERS = 80

/** The inner edges of a frame: left, right, top, bottom. */
export const INNER = { left: LEFT, right: WIDTH - RIGHT, top: TOP, bottom: HEIGHT - BOTTOM } as const

/** An SVG document: a frame with axes, and in it what `draw` makes of the scales. */
export function frame(options: FrameOptions, draw: (x: Scale, y: Scale) => string): string {
  const x = numberScale(options.x, INNER.left, INNER.right)
  const y = numberScale(options.y, INNER.bottom, INNER.top)
  return framed(options, x, y, draw(x, y))
}

/** The same with names along x. */
export function namedFrame(
  options: Omit<FrameOptions, 'x'> & { readonly names: readonly string[]; readonly xLabel: string },
  draw: (x: (name: string) => number, step: number, y: Scale) => string
): string {
  const points = scalePoint(options.names, [INNER.left, INNER.right]).padding(0.5)
  const at = (name: string): number => points(name) ?? INNER.left
  // Names that would run into each other, or out of the picture, are numbered, and stand below it.
  const isNumbered = options.names.length > 6 && options.names.some((name) => name.length > 6)
  const marks = options.names.map((name, index) => ({ at: at(name), text: isNumbered ? `${index + 1}` : name }))
  const notes = isNumbered ? options.names.map((name, index) => `${index + 1}: ${name}`) : []
  const x = Object.assign((value: number) => value, { marks })
  const y = numberScale(options.y, INNER.bottom, INNER.top)
  const axis = { label: options.xLabel, domain: [0, 1] as const }
  return framed({ ...options, x: axis, notes }, x, y, draw(at, points.step(), y))
}

function framed(options: FrameOptions, x: Scale, y: Scale, inside: string): string {
  const rows = legendRows(options.legend ?? [], options.notes ?? [])
  const height = HEIGHT + rows.length * LEGEND_ROW
  const parts = [
    element('title', {}, escapeXml(options.title)),
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    label(options.title, LEFT, 22, { 'font-weight': 'bold' }),
    ...x.marks.map(({ at, text }) => markBelow(at, text)),
    ...y.marks.map(({ at, text }) => markBeside(at, text)),
    label(options.x.label, (INNER.left + INNER.right) / 2, HEIGHT - 8, { 'text-anchor': 'middle' }),
    label(options.y.label, 0, 0, {
      transform: `translate(14 ${(INNER.top + INNER.bottom) / 2}) rotate(-90)`,
      'text-anchor': 'middle'
    }),
    inside,
    element('path', {
      d: `M${INNER.left} ${INNER.top}V${INNER.bottom}H${INNER.right}`,
      fill: 'none',
      stroke: '#333333'
    }),
    ...rows.map(({ text, sample }, row) => legendRow(text, row, sample))
  ]
  return svgDocument(WIDTH, height, parts)
}

function numberScale({ domain, isLog }: Axis, from: number, to: number): Scale {
  const [low, high] = domain
  const wide: [number, number] = low === high ? [low - 0.5, high + 0.5] : [low, high]
  const scale = isLog === true ? scaleLog(wide, [from, to]) : scaleLinear(wide, [from, to]).nice()
  const format = scale.tickFormat(MARKS)
  const marks = scale.ticks(MARKS).map((value) => ({ at: scale(value), text: format(value) }))
  return Object.assign((value: number) => scale(value), { marks })
}

function markBelow(at: number, text: string): string {
  return label(text, at, INNER.bottom + 16, { 'text-anchor': 'middle', 'font-size': 10 })
}

function markBeside(at: number, text: string): string {
  const line = element('path', { d: `M${INNER.left} ${at}H${INNER.right}`, stroke: '#e5e5e5' })
  return line + label(text, INNER.left - 6, at + 4, { 'text-anchor': 'end' })
}

interface LegendRow {
  readonly text: string
  /** Number of the colour in front of it. */
  readonly sample?: number
}

/** Names that are too long for a row go on in the next one. */
function legendRows(legend: readonly string[], notes: readonly string[]): LegendRow[] {
  const named = legend.flatMap((name, index) =>
    wrapped(name, LEGEND_LETTERS).map((text, line): LegendRow => (line === 0 ? { text, sample: index } : { text }))
  )
  return [...named, ...notes.flatMap((note) => wrapped(note, LEGEND_LETTERS)).map((text) => ({ text }))]
}

function legendRow(text: string, row: number, sample: number | undefined): string {
  const y = HEIGHT + row * LEGEND_ROW
  const swatch = { d: `M${LEFT - 8} ${y - 3}H${LEFT + 16}`, 'stroke-width': 8 }
  const drawn = sample === undefined ? '' : element('path', { ...swatch, ...strokeOf(sample) })
  return drawn + label(text, LEFT + 22, y + 1)
}
