import type { FileAttributes, FileTime } from '../../content/unixfs-node.ts'

/** The bits of permissions: nine, and the three before them. What programs send may have the type of the file as well. */
const MODE_BITS = 0o7777

/** Permissions as people write them: octal where it begins with a zero, decimal otherwise. Undefined for other texts. */
export function parseMode(text: string): number | undefined {
  const digits = /^0o?([0-7]{0,11})$/u.exec(text)?.[1]
  const value =
    digits === undefined ? (/^[1-9]\d{0,9}$/u.test(text) ? Number(text) : NaN) : Number.parseInt(`0${digits}`, 8)
  // The bits above are beyond what `&` takes.
  return Number.isNaN(value) ? undefined : (value % 2 ** 32) & MODE_BITS
}

export function modeText(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`
}

/** Permissions as Go's programs have them in JSON: a folder and the three bits before the nine are told by high bits. */
export function goMode(mode: number | undefined, isFolder: boolean): number {
  if (mode === undefined) return 0
  const high = GO_BITS.reduce((sum, [bit, goBit]) => sum + ((mode & bit) === 0 ? 0 : goBit), 0)
  return (mode & 0o777) + high + (isFolder ? GO_FOLDER : 0)
}

/** The same, read; undefined for none. */
export function parseGoMode(value: number): number | undefined {
  if (value === 0) return undefined
  return GO_BITS.reduce((mode, [bit, goBit]) => mode + ((value & goBit) === 0 ? 0 : bit), value & 0o777)
}

const GO_FOLDER = 2 ** 31
const GO_BITS = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20]
] as const

/** What comes with a part of an upload: its name ends in a query, as in `file?mode=0644&mtime=1700000000`. */
export function attributesOf(name: string): FileAttributes {
  const query = new URLSearchParams(name.slice(name.indexOf('?') + 1))
  const mode = parseMode(query.get('mode') ?? '')
  const mtime = parseTime(query.get('mtime'), query.get('mtime-nsecs'))
  return { ...(mode === undefined ? {} : { mode }), ...(mtime === undefined ? {} : { mtime }) }
}

/** The same, written: empty where there is nothing. */
export function attributesText({ mode, mtime }: FileAttributes): string {
  const query = new URLSearchParams()
  if (mode !== undefined) query.set('mode', modeText(mode))
  if (mtime !== undefined) query.set('mtime', String(mtime.seconds))
  if (mtime !== undefined && mtime.nanoseconds > 0) query.set('mtime-nsecs', String(mtime.nanoseconds))
  return query.size === 0 ? '' : `?${query.toString()}`
}

function parseTime(seconds: string | null, nanoseconds: string | null): FileTime | undefined {
  if (seconds === null || !/^-?\d{1,15}$/u.test(seconds)) return undefined
  return { seconds: Number(seconds), nanoseconds: /^\d{1,9}$/u.test(nanoseconds ?? '') ? Number(nanoseconds) : 0 }
}
