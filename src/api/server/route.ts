import type { Part } from './multipart.ts'
import type { PeerService } from '../service/peer-service.ts'
import type { ReadOptions } from '../service/read-options.ts'

export type OptionType = 'bool' | 'int' | 'string' | 'strings'

export interface OptionSpec {
  readonly name: string
  /** The other names it goes by. */
  readonly also?: readonly string[]
  readonly type: OptionType
}

/** What a call carries, parsed: arguments in order, options by their long name, files as they come. */
export interface Call {
  readonly args: readonly string[]
  readonly options: ReadonlyMap<string, string | number | boolean | readonly string[]>
  readonly files: () => AsyncGenerator<Part>
  readonly signal: AbortSignal
}

/** What goes back: one object, a stream of them (one a line), bytes, or nothing. */
export type Reply =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'lines'; readonly values: AsyncIterable<unknown> }
  | {
      readonly kind: 'bytes'
      readonly type: string
      readonly length?: number
      readonly chunks: AsyncIterable<Uint8Array>
    }
  | { readonly kind: 'empty' }

/** One command of the API. */
export interface Route {
  /** As in the URL, after `/api/v0/`. */
  readonly path: string
  /** Name of its argument, and how many of them. No more than `told` are written down: others may be secrets. */
  readonly arg?: { readonly name: string; readonly min: 0 | 1; readonly many?: boolean; readonly told?: number }
  /** Name of its file argument: such a call must be a multipart upload. */
  readonly file?: string
  readonly options?: readonly OptionSpec[]
  /** Options of Kubo that are not offered here, and without which something else would come of it than was asked for. */
  readonly refused?: readonly string[]
  run(service: PeerService, call: Call): Promise<Reply> | Reply
}

/**
 * Options that every command takes. Two are Barter's own: `from`, multiaddrs of peers to ask first, and `label`, what it
 * is for, as it is shown beside what is wanted.
 */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'encoding', also: ['enc'], type: 'string' },
  { name: 'timeout', type: 'string' },
  { name: 'offline', type: 'bool' },
  { name: 'from', type: 'strings' },
  { name: 'label', type: 'string' },
  { name: 'cid-base', type: 'string' },
  { name: 'upgrade-cidv0-in-output', type: 'bool' }
]

export function json(value: unknown): Reply {
  return { kind: 'json', value }
}

export function lines(values: AsyncIterable<unknown>): Reply {
  return { kind: 'lines', values }
}

export const EMPTY: Reply = { kind: 'empty' }

export function flag(call: Call, name: string, missing = false): boolean {
  const value = call.options.get(name)
  return typeof value === 'boolean' ? value : missing
}

export function text(call: Call, name: string): string | undefined {
  const value = call.options.get(name)
  return typeof value === 'string' ? value : undefined
}

export function integer(call: Call, name: string): number | undefined {
  const value = call.options.get(name)
  return typeof value === 'number' ? value : undefined
}

/** The options of a command that reads content. */
export function readOptions(call: Call): ReadOptions & { readonly signal: AbortSignal; readonly offline: boolean } {
  const given = call.options.get('from')
  const from = Array.isArray(given) ? given.map(String) : []
  return { signal: call.signal, offline: flag(call, 'offline'), from, label: text(call, 'label') }
}

/** The first argument, which `arg.min` promised. */
export function firstArg(call: Call): string {
  return call.args[0] ?? ''
}
