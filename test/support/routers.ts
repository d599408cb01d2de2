/** Routers of every temper, for tests in virtual time. */
import type { CID } from 'multiformats/cid'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import type { AbortOptions, Clock, Provider } from '../../src/ports.ts'
import type { Router } from '../../src/routing/router.ts'

/** A peer id in form, of nobody. */
export function peerNamed(name: string | number): PeerId {
  return toPeerId(`12D3KooWxxxxxxxx${name}`)
}

export function providerNamed(name: string | number, addresses: readonly string[] = []): Provider {
  return { peer: peerNamed(name), addresses }
}

/** Names these, each a while after the one before, and ends. */
export function listRouter(name: string, providers: readonly Provider[], clock?: Clock, delayMs = 0): Router {
  return {
    name,
    async *findProviders() {
      for (const provider of providers) {
        await pause(clock, delayMs)
        yield provider
      }
    },
    findPeer: async (peer: PeerId) => {
      await pause(clock, delayMs)
      return providers.find((provider) => provider.peer === peer)
    }
  }
}

/** Never says anything, whoever asks, and heeds no signal. */
export function deafRouter(name = 'deaf'): Router {
  return {
    name,
    async *findProviders() {
      await new Promise(() => undefined)
      yield* []
    },
    findPeer: () => new Promise(() => undefined),
    provide: () => new Promise(() => undefined)
  }
}

/** Fails whatever it is asked, at once. */
export function brokenRouter(name = 'broken'): Router {
  const fail = (): never => {
    throw new Error('out of order')
  }
  return { name, findProviders: fail, findPeer: fail, provide: fail, withdraw: fail }
}

/** Names new peers for ever; counts them. */
export function endlessRouter(
  name = 'endless',
  make: (number: number) => Provider = providerNamed
): Router & { count: number } {
  const router = {
    name,
    count: 0,
    async *findProviders(_cid: CID, { signal }: AbortOptions = {}): AsyncGenerator<Provider> {
      while (signal?.aborted !== true) {
        await Promise.resolve()
        yield make(router.count++)
      }
    }
  }
  return router
}

async function pause(clock: Clock | undefined, delayMs: number): Promise<void> {
  if (clock === undefined || delayMs === 0) await Promise.resolve()
  else await new Promise<void>((resolve) => void clock.setTimer(delayMs, resolve))
}
