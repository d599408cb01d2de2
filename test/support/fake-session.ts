import type { CID } from 'multiformats/cid'
import { SessionClosedError } from '../../src/errors.ts'
import { cidKey, type CidKey, type PeerId } from '../../src/ids.ts'
import type { Wanting } from '../../src/session/get-blocks.ts'
import type { Waiter } from '../../src/session/waiter.ts'

/** A session that asks nobody: a test says when blocks arrive. Blocks of `local` arrive while they are asked for. */
export class FakeSession implements Wanting {
  readonly waiters = new Map<CidKey, Set<Waiter>>()
  readonly local = new Map<CidKey, Uint8Array>()
  /** Bounded: by the test. */
  readonly asked: { readonly cid: CID; readonly priority: number }[] = []
  closed = false
  mostOpen = 0

  want(cid: CID, waiter: Waiter, priority: number): void {
    const key = cidKey(cid)
    if (this.closed) {
      waiter.failed(key, new SessionClosedError())
      return
    }
    this.asked.push({ cid, priority })
    const local = this.local.get(key)
    if (local !== undefined) {
      waiter.arrived(key, local, undefined)
      return
    }
    const waiters = this.waiters.get(key) ?? new Set()
    this.waiters.set(key, waiters.add(waiter))
    this.mostOpen = Math.max(this.mostOpen, this.waiters.size)
  }

  unwant(key: CidKey, waiter: Waiter): void {
    const waiters = this.waiters.get(key)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.waiters.delete(key)
  }

  tellAsked(cid: CID, peer: PeerId): void {
    for (const waiter of [...(this.waiters.get(cidKey(cid)) ?? [])]) waiter.asked?.(cidKey(cid), peer)
  }

  arrive(cid: CID, bytes = new Uint8Array(1), from?: PeerId): void {
    const waiters = this.waiters.get(cidKey(cid)) ?? []
    this.waiters.delete(cidKey(cid))
    for (const waiter of waiters) waiter.arrived(cidKey(cid), bytes, from)
  }

  fail(cid: CID, error: Error): void {
    const waiters = this.waiters.get(cidKey(cid)) ?? []
    this.waiters.delete(cidKey(cid))
    for (const waiter of waiters) waiter.failed(cidKey(cid), error)
  }

  close(): void {
    this.closed = true
    for (const [key, waiters] of [...this.waiters]) {
      this.waiters.delete(key)
      for (const waiter of waiters) waiter.failed(key, new SessionClosedError())
    }
  }
}
