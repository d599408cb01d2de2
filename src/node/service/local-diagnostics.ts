import { createHash } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { arch, availableParallelism, platform, totalmem } from 'node:os'
import type { CommandRecord, DiagnosticsService, SystemInfo } from '../../api/service/diagnostics-service.ts'
import type { AbortOptions, Blockstore } from '../../ports.ts'
import { StoreError } from '../../errors.ts'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { packageVersion } from '../package-version.ts'
import { reasonOf } from '../repo/repo-error.ts'

/** Commands that have ended and are still told of; Kubo keeps them as long. */
const KEPT_MS = 60 * 60 * 1_000
const MAX_ENDED = 1_000

/** What is stored to see whether that works; of no use to anybody else. */
const PROBE = Buffer.from('a block of Barter that shows whether its store works')
const PROBE_CID = CID.createV1(0x55, createDigest(0x12, createHash('sha256').update(PROBE).digest()))

export interface LocalDiagnosticsParts {
  /** Where the repo lies; empty for none. */
  readonly root: string
  readonly blocks: Pick<Blockstore, 'put' | 'get'>
  readonly keeping: { readonly blocks: { delete(cid: CID): Promise<void> } }
  readonly isOnline: boolean
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** This process, and what it was asked to do. */
export class LocalDiagnostics implements DiagnosticsService {
  readonly #parts: LocalDiagnosticsParts
  readonly #now: () => number
  /** Bounded: those under way by the connections of the API, those that have ended by MAX_ENDED and by their age. */
  #records: CommandRecord[] = []
  #keptMs = KEPT_MS
  #nextId = 0
  #checks: Promise<void> = Promise.resolve()

  constructor(parts: LocalDiagnosticsParts) {
    this.#parts = parts
    this.#now = parts.now ?? Date.now
  }

  commands(): readonly CommandRecord[] {
    this.#forget()
    return this.#records
  }

  clearCommands(): void {
    this.#records = this.#records.filter(({ endedAt }) => endedAt === undefined)
  }

  keepCommands(forMs: number): void {
    this.#keptMs = forMs
    this.#forget()
  }

  commandBegins(begun: Pick<CommandRecord, 'command' | 'args' | 'options'>): () => void {
    const id = this.#nextId++
    const record: CommandRecord = { ...begun, id, startedAt: this.#now(), endedAt: undefined }
    this.#records.push(record)
    return () => {
      const at = this.#records.indexOf(record)
      if (at === -1) return
      this.#records[at] = { ...record, endedAt: this.#now() }
      if (this.#records.length > 2 * MAX_ENDED) this.#forget()
    }
  }

  async system(): Promise<SystemInfo> {
    const { root, isOnline } = this.#parts
    const { rss, heapUsed, external } = process.memoryUsage()
    const disk = root === '' ? undefined : await statfs(root)
    return {
      version: packageVersion(),
      runtime: `node${process.version}`,
      system: `${arch()}/${platform()}`,
      processors: availableParallelism(),
      uptimeMs: Math.round(process.uptime() * 1_000),
      memory: { rss, heapUsed, external, total: totalmem() },
      disk: { path: root, free: sizeOf(disk?.bavail, disk?.bsize), total: sizeOf(disk?.blocks, disk?.bsize) },
      online: isOnline
    }
  }

  /** One after the other: each takes away what it stored. */
  async check(options: AbortOptions = {}): Promise<void> {
    const probe = (): Promise<void> => this.#probe(options)
    const checked = this.#checks.then(probe, probe)
    this.#checks = checked
    await checked
  }

  async #probe({ signal }: AbortOptions): Promise<void> {
    const { blocks, keeping } = this.#parts
    try {
      await blocks.put(PROBE_CID, PROBE, { signal })
      if ((await blocks.get(PROBE_CID, { signal })) === undefined)
        throw new StoreError('a block that was stored is not there')
      await keeping.blocks.delete(PROBE_CID)
    } catch (cause) {
      throw new StoreError(`the store does not work: ${reasonOf(cause)}`, { cause })
    }
  }

  #forget(): void {
    const oldest = this.#now() - this.#keptMs
    const ended = this.#records.filter(({ endedAt }) => endedAt !== undefined)
    const excess = new Set(ended.slice(0, Math.max(0, ended.length - MAX_ENDED)))
    this.#records = this.#records.filter(
      (record) => !excess.has(record) && (record.endedAt === undefined || record.endedAt >= oldest)
    )
  }
}

function sizeOf(blocks = 0, blockBytes = 0): number {
  return blocks * blockBytes
}
