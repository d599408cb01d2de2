import type { FileTime } from '../../content/unixfs-node.ts'

/** What Go's programs have for no time. */
const NO_TIME = '0001-01-01T00:00:00Z'

/** The years 0 to 9999, which is what the format has digits for. */
const FIRST_SECOND = -62_167_219_200
const LAST_SECOND = 253_402_300_799

/** A time as Kubo's API has it, in RFC 3339 with as many digits as needed. What has no such form is told as no time. */
export function timeText(time: FileTime | undefined): string {
  if (time === undefined || !isDate(time)) return NO_TIME
  const { seconds, nanoseconds } = time
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/u, '')}`
  return `${new Date(seconds * 1_000).toISOString().slice(0, -'.000Z'.length)}${fraction}Z`
}

/** The same, read; undefined for no time. */
export function parseTimeText(text: string): FileTime | undefined {
  const [, whole, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/u.exec(text) ?? []
  const seconds = whole === undefined || text === NO_TIME ? NaN : Date.parse(`${whole}Z`) / 1_000
  return Number.isNaN(seconds) ? undefined : { seconds, nanoseconds: Number(fraction.padEnd(9, '0')) }
}

/** Blocks may hold any numbers. */
export function isDate({ seconds, nanoseconds }: FileTime): boolean {
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanoseconds < 1_000_000_000
}
