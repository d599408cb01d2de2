import type { Helia } from '@helia/interface'
import type { Libp2p } from '@libp2p/interface'
import { InvalidParametersError, NotStartedError } from '../errors.ts'
import { BarterBroker, type BrokerComponents, type HeliaBitswapInit, type HeliaExchange } from './barter-broker.ts'

/** A Helia node with libp2p: what `withLibp2p` makes. */
type NodeWithLibp2p = Helia & { readonly libp2p: Libp2p }

/** What `withBitswap` adds to a Helia node: what is traded, and with whom. Readable once the node has been started. */
export interface WithBitswap {
  readonly bitswap: HeliaExchange
}

/**
 * Gives a Helia node Barter's exchange, in the place of `withBitswap` of `@helia/bitswap`:
 * `await withBitswap(withLibp2p(createHeliaLight())).start()`. It starts and stops with the node, fetches into the store of
 * the node and serves from it, and keeps its ledgers in the datastore of the node. Throws when the node has a bitswap
 * already, as those of `createHelia()` do.
 */
export function withBitswap<H extends NodeWithLibp2p>(helia: H, init: HeliaBitswapInit = {}): H & WithBitswap {
  let broker: BarterBroker | undefined
  addMixin(helia, {
    name: 'bitswap',
    start: async (node: NodeWithLibp2p) => {
      broker ??= addBroker(node, init)
      await broker.start()
    },
    stop: async () => {
      await broker?.stop()
    }
  })
  return Object.defineProperty(helia, 'bitswap', {
    configurable: true,
    enumerable: true,
    get: () => {
      if (broker === undefined)
        throw new NotStartedError('bitswap is not running: call start() of the Helia node first')
      return broker.exchange
    }
  }) as H & WithBitswap
}

/**
 * The same as an entry of `blockBrokers`, for a libp2p node that the application makes and starts itself:
 * `createHeliaLight({ blockBrokers: [bitswapBroker({ libp2p })] })`. Stop the Helia node before the libp2p node.
 */
export function bitswapBroker(
  init: HeliaBitswapInit & { readonly libp2p: Libp2p }
): (components: Omit<BrokerComponents, 'libp2p'>) => BarterBroker {
  const { libp2p, ...rest } = init
  return (components) => new BarterBroker({ ...components, libp2p }, rest)
}

function addMixin(helia: NodeWithLibp2p, mixin: Parameters<Helia['addMixin']>[0]): void {
  try {
    helia.addMixin(mixin)
  } catch (cause) {
    throw new InvalidParametersError(
      'this Helia node has a bitswap already (createHelia() brings one): make it with withLibp2p(createHeliaLight())',
      { cause }
    )
  }
}

function addBroker(node: NodeWithLibp2p, init: HeliaBitswapInit): BarterBroker {
  if (node.hasBlockBroker('bitswap')) {
    throw new InvalidParametersError('this Helia node has a block broker named "bitswap" already')
  }
  const { libp2p } = node
  if ((libp2p as Libp2p | undefined) === undefined) {
    throw new InvalidParametersError('withBitswap needs libp2p: call withLibp2p(helia) before it')
  }
  let made: BarterBroker | undefined
  node.addBlockBroker((components: Omit<BrokerComponents, 'libp2p'>) => {
    made = new BarterBroker({ ...components, libp2p }, init)
    return made
  })
  if (made === undefined) throw new InvalidParametersError('this Helia node does not make block brokers of functions')
  return made
}
