/** One line of a scrape: `name{labels} value`. */
export interface ScrapedSample {
  readonly name: string
  readonly labels: string
  readonly value: number
}

/** The samples of the text form of Prometheus. */
export function samplesOf(text: string): readonly ScrapedSample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/u.exec(line) ?? []
      return { name, labels, value: Number(value.replace('Inf', 'Infinity').replace('Nan', 'NaN')) }
    })
}

/** By metric: all of its samples, as one text. Histograms go by the name without its ending. */
export function byMetric(text: string): ReadonlyMap<string, string> {
  const metrics = new Map<string, string>()
  for (const line of text.split('\n')) {
    const name = /^# TYPE (\S+)/u.exec(line)?.[1]
    if (name !== undefined) metrics.set(name, '')
  }
  for (const { name, labels, value } of samplesOf(text)) {
    const metric = metrics.has(name) ? name : name.replace(/_(bucket|sum|count)$/u, '')
    metrics.set(metric, `${metrics.get(metric) ?? ''}${name}{${labels}} ${value}\n`)
  }
  return metrics
}
