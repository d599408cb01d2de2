import type { CID } from 'multiformats/cid'
import { errorText } from '../../api/api-error.ts'
import type * as Content from '../../api/service/content-service.ts'
import type { ReadOptions } from '../../api/service/read-options.ts'
import { PinError, type Pinner } from '../../content/pinner.ts'
import { InvalidParametersError } from '../../errors.ts'
import { cidKey } from '../../ids.ts'
import { openSource, type SourceParts } from '../files/content-source.ts'
import { parseDataPath } from '../../content/content-path.ts'
import { resolvePath } from '../../content/resolve-path.ts'
import type { BlockSource } from '../../content/dag-reader.ts'

export interface LocalPinsParts extends SourceParts {
  readonly pinner: Pinner
  /** Told of each new pin. */
  readonly pinned: (cid: CID, recursive: boolean) => Promise<void>
}

/** Progress is told no more often. */
const PROGRESS_MS = 500
const TYPES: ReadonlySet<string> = new Set(['direct', 'indirect', 'recursive', 'all'])

/** The pins of this peer. */
export class LocalPins implements Content.PinService {
  readonly #parts: LocalPinsParts

  constructor(parts: LocalPinsParts) {
    this.#parts = parts
  }

  async *add(paths: readonly string[], options: Content.PinAddOptions = {}): AsyncGenerator<Content.PinAddEvent> {
    const idle = new IdleWatch(options.idleMs, options.signal)
    const { signal } = idle
    const source = openSource(this.#parts, ['pin add', ...paths], { ...options, signal })
    const total = { blocks: 0, bytes: 0 }
    try {
      const cids: CID[] = []
      for (const path of paths) cids.push(await resolveCid(source, path, { ...options, signal }))
      for (const cid of cids) {
        const visited = (bytes: number): void => {
          idle.reset()
          total.blocks += 1
          total.bytes += bytes
        }
        const { recursive = true, name } = options
        const pinned = this.#parts.pinner.add(cid, source, { recursive, name, signal, visited })
        const ticks = ticksUntil(pinned)
        while ((await ticks.next()).done !== true) yield { type: 'progress', ...total }
        await this.#parts.pinned(cid, recursive)
      }
      yield { type: 'progress', ...total }
      for (const cid of cids) yield { type: 'pinned', cid: cid.toString() }
    } catch (error) {
      throw new PinError(`pin: ${errorText(signal.aborted ? signal.reason : error)}`, { cause: error })
    } finally {
      idle.stop()
      source.close()
    }
  }

  async remove(paths: readonly string[], { recursive, signal }: Parameters<Content.PinService['remove']>[1] = {}) {
    const cids = await this.#resolveAll('pin rm', paths, { signal })
    for (const cid of cids) await this.#parts.pinner.remove(cid, recursive)
    return cids.map(String)
  }

  async update(fromPath: string, toPath: string, options: ReadOptions & { unpin?: boolean } = {}) {
    const source = openSource(this.#parts, ['pin update', fromPath, toPath], options)
    try {
      const from = await resolveCid(source, fromPath, options)
      const to = await resolveCid(source, toPath, options)
      await this.#parts.pinner.update(from, to, source, options)
      await this.#parts.pinned(to, true)
      return [from.toString(), to.toString()]
    } finally {
      source.close()
    }
  }

  async *list(options: Content.PinListOptions = {}): AsyncGenerator<Content.PinInfo> {
    const { type = 'all', paths = [], name = '', signal } = options
    if (!TYPES.has(type)) {
      throw new InvalidParametersError(`invalid type '${type}', must be one of {direct, indirect, recursive, all}`)
    }
    if (paths.length > 0) {
      yield* this.#listThese(paths, type, signal)
      return
    }
    for (const wanted of ['direct', 'recursive'] as const) {
      if (type !== 'all' && type !== wanted) continue
      for await (const { cid, mode, name: own } of this.#parts.pinner.all({ signal })) {
        if (mode === wanted && own.includes(name)) yield { cid: cid.toString(), type: mode, name: own }
      }
    }
    // What is below a pin has no name.
    if ((type !== 'all' && type !== 'indirect') || name !== '') return
    for await (const cid of this.#parts.pinner.indirect({ signal })) {
      yield { cid: cid.toString(), type: 'indirect', name: '' }
    }
  }

  async *verify({ signal }: { signal?: AbortSignal | undefined } = {}): AsyncGenerator<Content.PinStatus> {
    for await (const { cid, mode } of this.#parts.pinner.all({ signal })) {
      if (mode !== 'recursive') continue
      const bad = await this.#parts.pinner.verify(cid, { signal })
      yield {
        cid: cid.toString(),
        bad: bad.map(({ cid: one, error }) => ({ cid: one.toString(), error: errorText(error) }))
      }
    }
  }

  async *#listThese(paths: readonly string[], type: Content.PinType, signal: AbortSignal | undefined) {
    const cids = await this.#resolveAll('pin ls', paths, { signal })
    const found = await this.#parts.pinner.find(cids, { signal })
    for (const [index, cid] of cids.entries()) {
      const pinned = found.get(cidKey(cid))
      if (pinned === undefined || (type !== 'all' && pinned.mode !== type)) {
        throw new PinError(`path '${paths[index] ?? ''}' is not pinned`)
      }
      const via = pinned.mode === 'indirect' ? { via: pinned.via.toString() } : {}
      yield { cid: cid.toString(), type: pinned.mode, name: pinned.name, ...via }
    }
  }

  async #resolveAll(command: string, paths: readonly string[], options: ReadOptions): Promise<CID[]> {
    const source = openSource(this.#parts, [command, ...paths], options)
    try {
      const cids: CID[] = []
      for (const path of paths) cids.push(await resolveCid(source, path, options))
      return cids
    } finally {
      source.close()
    }
  }
}

/** The CID at the end of a path; nothing is read for one that names no more than a CID. */
async function resolveCid(source: BlockSource, path: string, { signal }: ReadOptions): Promise<CID> {
  const { cid, rest } = await resolvePath(source, parseDataPath(path), { signal })
  if (rest.length > 0) throw new InvalidParametersError(`"${path}" leads into a block: only whole blocks can be pinned`)
  return cid
}

/** Yields every so often, until `work` has ended; fails with it. */
async function* ticksUntil(work: Promise<void>): AsyncGenerator<undefined> {
  const state = { done: false }
  const ended = work.finally(() => (state.done = true))
  ended.catch(() => undefined)
  for (;;) {
    let timer: NodeJS.Timeout | undefined
    const tick = new Promise<void>((resolve) => (timer = setTimeout(resolve, PROGRESS_MS)))
    await Promise.race([ended, tick]).finally(() => clearTimeout(timer))
    if (state.done) return
    yield undefined
  }
}

/** Ends a wait when nothing came for too long, counted from what came last. */
class IdleWatch {
  readonly signal: AbortSignal
  readonly #idleMs: number | undefined
  readonly #abort = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(idleMs: number | undefined, signal: AbortSignal | undefined) {
    this.#idleMs = idleMs
    this.signal = signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal])
    this.reset()
  }

  reset(): void {
    clearTimeout(this.#timer)
    const idleMs = this.#idleMs
    if (idleMs === undefined) return
    const text = `no block came for ${idleMs / 1_000} s`
    this.#timer = setTimeout(() => this.#abort.abort(new PinError(text)), idleMs)
  }

  /** Nobody waits any more: what is still under way for it ends. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#abort.abort(new PinError('nobody waits for it any more'))
  }
}
