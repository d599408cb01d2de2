/** How large an attack is: bounded for every day; with `LIMITS=full` as the goals in docs/limits.md name it. */
export const IS_FULL = process.env['LIMITS'] === 'full'

export function scaled(daily: number, full: number): number {
  return IS_FULL ? full : daily
}

export const MIB = 1024 * 1024

/** What a test found out, for docs/limits.md. */
export function report(goal: string, figures: Readonly<Record<string, number | string>>): void {
  const texts = Object.entries(figures).map(([name, value]) => {
    return `${name} ${typeof value === 'number' ? Math.round(value * 100) / 100 : value}`
  })
  process.stdout.write(`limits | ${goal} | ${texts.join(', ')}\n`)
}
