/** Levels of the log, the least important first. */
export const LOG_ORDER: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal']

/** How a line of a level looks. */
export function levelTone(level: string): 'quiet' | 'plain' | 'warn' | 'bad' {
  const order = LOG_ORDER.indexOf(level)
  if (order >= 4) return 'bad'
  if (order === 3) return 'warn'
  return order <= 1 && order !== -1 ? 'quiet' : 'plain'
}
