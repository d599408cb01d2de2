import type { Comparison, Estimate } from './summary.ts'

/** Estimates and comparisons, a line for each pair of strategies and metric. */
export function summaryCsv(estimates: readonly Estimate[], comparisons: readonly Comparison[]): string {
  const shifts = new Map(comparisons.map((one) => [`${one.metric} ${one.strategies}`, one]))
  const known = estimates.filter(({ n }) => n > 0)
  const lines = known.map(({ strategies, metric, n, runs, median: middle, interval: { low, high } }) => {
    const against = shifts.get(`${metric} ${strategies}`)
    const compared = against === undefined ? ['', '', ''] : [against.shift, against.delta, against.p]
    return [
      `"${strategies.replaceAll('"', '""')}"`,
      metric,
      n,
      runs,
      middle,
      ...[low, high].map(numberOrNothing),
      ...compared
    ].join(',')
  })
  return `strategies,metric,n,runs,median,low,high,shift,cliffs_delta,p_holm\n${lines.join('\n')}\n`
}

/** No interval is known of fewer than six runs. */
function numberOrNothing(value: number): number | '' {
  return Number.isNaN(value) ? '' : value
}
