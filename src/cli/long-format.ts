import { isDate } from '../api/formats/file-time.ts'
import type { LinkInfo } from '../api/service/peer-service.ts'
import type { FileTime } from '../content/unixfs-node.ts'

/** For what was not kept. */
const NONE = '-'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const DAY_MS = 24 * 60 * 60 * 1_000

/** Permissions as `ls -l` shows them: `-rwxr-x---`. */
export function permissionsText({ type, mode }: Pick<LinkInfo, 'type' | 'mode'>): string {
  if (mode === undefined) return NONE
  const bits = [0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 4, 2, 1].map((bit, at) => (mode & bit) !== 0 && 'rwx'[at % 3])
  const letters = bits.map((letter) => (letter === false ? '-' : letter))
  // What the first three bits do is told where the right to run something is.
  for (const [bit, at, [runs, only]] of SPECIAL) if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? runs : only
  return `${type === 'folder' ? 'd' : '-'}${letters.join('')}`
}

const SPECIAL = [
  [0o4000, 2, 'sS'],
  [0o2000, 5, 'sS'],
  [0o1000, 8, 'tT']
] as const

/** A time in UTC: with the hour if it is of the last six months, else with the year. */
export function changedText(time: FileTime | undefined, nowMs: number): string {
  if (time === undefined || !isDate(time)) return NONE
  const atMs = time.seconds * 1_000
  const at = new Date(atMs)
  const sinceMs = new Date(nowMs).setUTCMonth(new Date(nowMs).getUTCMonth() - 6)
  const day = `${MONTHS[at.getUTCMonth()] ?? ''} ${twoDigits(at.getUTCDate())}`
  if (atMs > sinceMs && atMs < nowMs + DAY_MS) {
    return `${day} ${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())}`
  }
  return `${day}  ${String(at.getUTCFullYear()).padStart(4, '0')}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
