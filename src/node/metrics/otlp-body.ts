/** Metrics as OTLP carries them over HTTP as JSON: numbers of 64 bits are texts, and so are moments, in nanoseconds. */
import type { Sample, Series } from './series.ts'

/** A series, and what it read. */
export interface ReadSeries {
  readonly series: Pick<Series, 'name' | 'help' | 'type'>
  readonly samples: readonly Sample[]
}

export interface OtlpContext {
  /** Attributes of whoever is measured. */
  readonly resource: Readonly<Record<string, string>>
  readonly version: string
  /** Milliseconds since 1970: when counting began, and now. */
  readonly startedAt: number
  readonly now: number
}

type Attributes = readonly { readonly key: string; readonly value: { readonly stringValue: string } }[]

/** Counted from the start, and not from the last time. */
const CUMULATIVE = 2

export function otlpBody(read: readonly ReadSeries[], { resource, version, startedAt, now }: OtlpContext): unknown {
  const times = { startTimeUnixNano: nanoseconds(startedAt), timeUnixNano: nanoseconds(now) }
  const metrics = read
    .filter(({ samples }) => samples.length > 0)
    .map(({ series: { name, help: description, type }, samples }) => {
      const points = type === 'histogram' ? histogramPoints(samples) : samples.map(numberPoint)
      const dataPoints = points.map((point) => ({ ...times, ...point }))
      if (type === 'gauge') return { name, description, gauge: { dataPoints } }
      const counted = { dataPoints, aggregationTemporality: CUMULATIVE }
      if (type === 'counter') return { name, description, sum: { ...counted, isMonotonic: true } }
      return { name, description, histogram: counted }
    })
  const scopeMetrics = [{ scope: { name: 'barter', version }, metrics }]
  return { resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics }] }
}

function numberPoint({ value, labels }: Sample): object {
  return { attributes: attributes(labels), asDouble: value }
}

/** One point for each set of labels. Buckets of a series hold those below them as well; here each is by itself. */
function histogramPoints(samples: readonly Sample[]): readonly object[] {
  const points = new Map<string, { attributes: Attributes; bounds: number[]; totals: number[]; sum: number }>()
  for (const { value, labels: { le, ...labels } = {}, metricName = '' } of samples) {
    const name = JSON.stringify(labels)
    const point = points.get(name) ?? { attributes: attributes(labels), bounds: [], totals: [], sum: 0 }
    points.set(name, point)
    if (metricName.endsWith('_sum')) point.sum = value
    if (!metricName.endsWith('_bucket')) continue
    point.totals.push(value)
    if (typeof le === 'number') point.bounds.push(le)
  }
  return Array.from(points.values(), ({ attributes, bounds, totals, sum }) => ({
    ...{ attributes, sum, count: String(totals.at(-1) ?? 0), explicitBounds: bounds },
    bucketCounts: totals.map((total, place) => String(total - (totals[place - 1] ?? 0)))
  }))
}

function attributes(labels: Sample['labels'] = {}): Attributes {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: String(value) } }))
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms)) * 1_000_000n)
}
