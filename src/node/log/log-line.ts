import type { LogEntry } from '../../api/service/log-service.ts'
import { isObject } from '../config/json.ts'
import { safeLine } from '../../safe-text.ts'

export type LogFormat = 'human' | 'json'

/** Longest text of one field; a longer one is cut, for it is mostly what a peer sent. */
const MAX_TEXT = 2_048
/** Of a text, no more than this is read: a megabyte of a peer's words is not searched for secrets. */
const MAX_READ = 32_768
/** Entries of a list or object that are shown, and how deep. */
const MAX_ENTRIES = 50
const MAX_DEPTH = 4

/** One line, with its end. JSON has the names that Kubo's log has. */
export function formatLine(entry: LogEntry, format: LogFormat): string {
  const { at, level, subsystem, message, fields } = entry
  const ts = new Date(at).toISOString()
  if (format === 'json') return `${JSON.stringify({ level, ts, logger: subsystem, msg: message, ...fields })}\n`
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${humanValue(value)}`)
  return `${ts} ${level.toUpperCase().padEnd(5)} ${subsystem}: ${message}${rest.join('')}\n`
}

/** A text without what must not be shown. */
export type Clean = (text: string) => string

const asItIs: Clean = (text) => text

/** A text on one line, without control characters. It is cleaned before it is cut: half a secret would not be found. */
export function plainText(text: string, clean = asItIs): string {
  const shown = clean(text.slice(0, MAX_READ))
  return safeLine(shown.length > MAX_TEXT ? `${shown.slice(0, MAX_TEXT)}…` : shown)
}

/** Fields as they can be shown: plain values only, whatever was handed over. */
export function plainFields(fields: Readonly<Record<string, unknown>>, clean = asItIs): Record<string, unknown> {
  return plainEntries(Object.entries(fields), 0, clean)
}

function plainEntries(entries: readonly [string, unknown][], depth: number, clean: Clean): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([name, value]) => [plainText(name, clean), plainValue(value, depth, clean)] as const)
  )
}

function plainValue(value: unknown, depth: number, clean: Clean): unknown {
  if (typeof value === 'string') return plainText(value, clean)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) return value
  if (value instanceof Error) return errorText(value, clean)
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (Array.isArray(value) && depth < MAX_DEPTH) {
    return value.slice(0, MAX_ENTRIES).map((entry) => plainValue(entry, depth + 1, clean))
  }
  // Peer ids, CIDs and addresses have a text of their own.
  if (isObject(value) && value.toString === Object.prototype.toString && depth < MAX_DEPTH) {
    return plainEntries(Object.entries(value).slice(0, MAX_ENTRIES), depth + 1, clean)
  }
  return textOf(value, clean)
}

/** What went wrong, and what that came of. */
export function errorText(error: Error, clean = asItIs): string {
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  const cause = error.cause instanceof Error && error.cause !== error ? `: ${error.cause.message}` : ''
  return plainText(`${error.message}${code}${cause}`, clean)
}

/** The text of anything at all; what cannot be shown is no reason to fail. */
export function textOf(value: unknown, clean = asItIs): string {
  try {
    return plainText(String(value), clean)
  } catch {
    return '?'
  }
}

function humanValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[^\s"=]+$/u.test(text) ? text : JSON.stringify(value)
}
