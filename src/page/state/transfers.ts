import { signal } from '@preact/signals'
import { download, fileName, save, type DownloadKind } from '../rpc/download.ts'
import type { Dropped } from '../rpc/dropped-files.ts'
import { upload } from '../rpc/upload.ts'

/** One file on its way in, or out. */
export interface Transfer {
  readonly id: string
  readonly direction: 'add' | 'fetch'
  readonly name: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly bytes: number
  readonly all: number | undefined
  readonly cid?: string | undefined
  readonly error?: string | undefined
  readonly startedAt: number
  readonly cancel: () => void
}

/** Transfers that are remembered. */
export const MAX_TRANSFERS = 200

/** The newest first. */
export const transfers = signal<readonly Transfer[]>([])
let count = 0
let lastAdd: Promise<unknown> = Promise.resolve()

function begin(direction: Transfer['direction'], name: string, all: number | undefined): [string, AbortSignal] {
  const controller = new AbortController()
  const id = String((count += 1))
  const transfer: Transfer = {
    id,
    direction,
    name,
    state: 'waiting',
    bytes: 0,
    all,
    startedAt: Date.now(),
    cancel: () => controller.abort()
  }
  transfers.value = [transfer, ...transfers.value].slice(0, MAX_TRANSFERS)
  return [id, controller.signal]
}

function change(id: string, fields: Partial<Transfer>): void {
  transfers.value = transfers.value.map((transfer) => (transfer.id === id ? { ...transfer, ...fields } : transfer))
}

async function run(id: string, work: () => Promise<Partial<Transfer>>): Promise<void> {
  try {
    change(id, { state: 'running', startedAt: Date.now() })
    change(id, { ...(await work()), state: 'done' })
  } catch (error) {
    change(id, { state: 'failed', error: error instanceof Error ? error.message : String(error) })
  }
}

/** Adds what was dropped or chosen, one after the other. */
export function addAll(dropped: readonly Dropped[]): void {
  for (const { name, files } of dropped) {
    const all = files.reduce((sum, { file }) => sum + file.size, 0)
    const [id, signal] = begin('add', name, all)
    lastAdd = lastAdd.then(() =>
      run(id, async () => {
        signal.throwIfAborted()
        const onProgress = often((sent: number) => change(id, { bytes: Math.min(sent, all) }))
        const { cid } = await upload({ files, signal, onProgress })
        return { cid, bytes: all }
      })
    )
  }
}

/** Fetches content, and hands it to the browser. */
export async function fetchContent(path: string, kind: DownloadKind): Promise<void> {
  const [id, signal] = begin('fetch', path, undefined)
  await run(id, async () => {
    const onProgress = often((bytes: number, all: number | undefined) => change(id, { bytes, all }))
    const content = await download({ path, kind, signal, onProgress })
    save(content, fileName(path, kind))
    return { bytes: content.size, all: content.size, cid: path }
  })
}

/** Passes on ten calls a second at most: a fast transfer has thousands of chunks. */
function often<Args extends unknown[]>(call: (...args: Args) => void): (...args: Args) => void {
  let last = 0
  return (...args) => {
    const now = Date.now()
    if (now - last < 100) return
    last = now
    call(...args)
  }
}
