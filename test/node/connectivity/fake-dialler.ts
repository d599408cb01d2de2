import type { Dialler } from '../../../src/node/connectivity/dialler.ts'

/** A network in which a test says who can be reached. Writes down what it is asked. */
export class FakeDialler implements Dialler {
  readonly reachable = new Set<string>()
  readonly connected = new Set<string>()
  readonly protectedPeers = new Set<string>()
  readonly dials: { readonly peer: string; readonly addresses: readonly string[]; readonly atMs: number }[] = []
  readonly #now: () => number
  /** Told of each connection, as libp2p tells. */
  onConnect: (peer: string) => void = () => undefined

  constructor(now: () => number) {
    this.#now = now
  }

  isConnected(peer: string): boolean {
    return this.connected.has(peer)
  }

  dial(peer: string, addresses: readonly string[], signal: AbortSignal): Promise<void> {
    this.dials.push({ peer, addresses, atMs: this.#now() })
    if (signal.aborted || !this.reachable.has(peer)) return Promise.reject(new Error('nobody is there'))
    this.connected.add(peer)
    this.onConnect(peer)
    return Promise.resolve()
  }

  protect(peer: string, isProtected: boolean): Promise<void> {
    if (isProtected) this.protectedPeers.add(peer)
    else this.protectedPeers.delete(peer)
    return Promise.resolve()
  }

  /** Pauses between the dials to a peer, in whole seconds. */
  pausesOf(peer: string): number[] {
    const times = this.dials.filter((dial) => dial.peer === peer).map(({ atMs }) => atMs)
    return times.slice(1).map((atMs, index) => Math.round((atMs - (times[index] ?? 0)) / 1_000))
  }
}
