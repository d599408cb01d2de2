import { collect, oneChunk } from '../../src/api/formats/collect.ts'
import type * as Content from '../../src/api/service/content-service.ts'
import { CollectAbortedError } from '../../src/content/collector.ts'
import { PinError } from '../../src/content/pinner.ts'

const CID_TEXT = 'bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q'

type Calls = (...call: unknown[]) => void

/** Pins, blocks and DAGs with fixed answers; writes down what it was asked. */
export function fakeContents(calls: Calls): Content.ContentService {
  return { pins: pins(calls), store: store(calls), dag: dag(calls) }
}

function pins(calls: Calls): Content.PinService {
  return {
    async *add(paths, asked = {}) {
      const options = unsignalled(asked)
      calls('pin add', paths, options)
      yield await Promise.resolve({ type: 'progress' as const, blocks: 2, bytes: 30 })
      if (paths.includes('/ipfs/gone')) throw new PinError('pin: no block came for 2 s')
      yield* paths.map(() => ({ type: 'pinned' as const, cid: CID_TEXT }))
    },
    remove(paths, options) {
      calls('pin rm', paths, options?.recursive)
      return Promise.resolve(paths.map(() => CID_TEXT))
    },
    update(from, to, options) {
      calls('pin update', from, to, options?.unpin)
      return Promise.resolve([from, to])
    },
    async *list({ type, name, paths } = {}) {
      calls('pin ls', type, name, paths)
      if (type === 'direct') return
      yield await Promise.resolve({ cid: CID_TEXT, type: 'recursive' as const, name: 'photos' })
      if (paths !== undefined && paths.length > 0) yield { cid: 'bafy', type: 'indirect', name: '', via: CID_TEXT }
    },
    async *verify() {
      yield await Promise.resolve({ cid: CID_TEXT, bad: [] })
      yield { cid: 'bafy', bad: [{ cid: CID_TEXT, error: 'it is gone' }] }
    }
  }
}

function store(calls: Calls): Content.StoreService {
  let collections = 0
  return {
    async *collect() {
      yield await Promise.resolve({ type: 'removed' as const, cid: CID_TEXT })
      yield { type: 'untold', removed: 7 }
      if (collections++ === 0) return
      yield { type: 'failed', error: 'could not retrieve links for bafy: it is gone' }
      throw new CollectAbortedError()
    },
    gcStatus: () => ({
      state: 'sweeping',
      current: { startedAt: 1, durationMs: 2, marked: 3, removed: 4, bytesFreed: 5, error: undefined },
      last: undefined,
      automatic: { enabled: true, limitBytes: 9_000, storedBytes: undefined, periodMs: 1_000 }
    }),
    async *verify(asked = {}) {
      const options = unsignalled(asked)
      calls('verify', options)
      yield await Promise.resolve({ type: 'progress' as const, blocks: 1 })
      const outcome = options.heal === true ? 'healed' : options.drop === true ? 'removed' : 'kept'
      yield { type: 'damaged', cid: CID_TEXT, outcome, reason: 'block in storage has different hash than requested' }
      yield { type: 'damaged', cid: CID_TEXT, outcome: 'unreadable', reason: 'EIO: (it is) "gone", removed' }
    },
    async *blocks() {
      yield await Promise.resolve(CID_TEXT)
    }
  }
}

function dag(calls: Calls): Content.DagService {
  return {
    async *importCars(cars, asked = {}) {
      const options = unsignalled(asked)
      let bytes = 0
      for await (const car of cars) bytes += (await collect(car)).length
      calls('import', options)
      if (options.pinRoots !== false) yield { type: 'root', cid: CID_TEXT, pinError: 'no room' }
      yield { type: 'stats', blocks: 1, bytes }
    },
    exportCar(path, options) {
      calls('export', path, options?.localOnly)
      return Promise.resolve(oneChunk(Buffer.from('car')))
    },
    put(bytes, asked = {}) {
      const options = unsignalled(asked)
      calls('dag put', Buffer.from(bytes).toString(), options)
      return Promise.resolve(CID_TEXT)
    },
    get(path, codec) {
      calls('dag get', path, codec)
      return Promise.resolve(Buffer.from('{"a":1}'))
    },
    async resolve(path) {
      if (path.endsWith('/zz')) throw new Error(`no link named "zz" under ${CID_TEXT}`)
      return await Promise.resolve({ cid: CID_TEXT, rest: path.includes('/b/') ? '/b/1' : '' })
    },
    async *stat() {
      const dags = [{ cid: CID_TEXT, size: 9, blocks: 2 }]
      yield await Promise.resolve({ uniqueBlocks: 1, totalSize: 5, sharedSize: 0, ratio: 1, dags })
      yield { uniqueBlocks: 2, totalSize: 9, sharedSize: 3, ratio: 4 / 3, dags }
    },
    async *refs(path, asked = {}) {
      calls('refs', path, unsignalled(asked))
      yield await Promise.resolve({ from: 'bafy', to: CID_TEXT, name: 'a b' })
    }
  }
}

/** A call, but for what ends it. */
function unsignalled<T extends { readonly signal?: AbortSignal | undefined }>(asked: T): Omit<T, 'signal'> {
  return Object.fromEntries(Object.entries(asked).filter(([name]) => name !== 'signal')) as Omit<T, 'signal'>
}
