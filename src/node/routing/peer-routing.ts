import type { Libp2p } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { Pinner } from '../../content/pinner.ts'
import type { Blockstore, ProviderFinder } from '../../ports.ts'
import type { Settings } from '../config/schema.ts'
import { ContentProviding, type ProvidedContent } from './content-providing.ts'
import { knownAddresses } from '../libp2p/known-addresses.ts'
import { LocalRouting } from '../service/local-routing.ts'
import { composeRouting, privateRouting, quietRouting } from './routing.ts'

export interface PeerRoutingParts {
  readonly libp2p: Libp2p
  readonly settings: Pick<Settings, 'routing' | 'provide'>
  readonly blockstore: InterfaceBlockstore
  readonly blocks: Pick<Blockstore, 'get' | 'size'>
  readonly datastore: Datastore
  readonly pinner: Pinner
  /** Contacts nobody unless asked to, and provides nothing. */
  readonly quiet: boolean
  /** In a swarm with a key. */
  readonly isPrivate: boolean
  /** The config, as errors name it. */
  readonly where: string
}

/** What one peer has of routing: whom its sessions ask, what it tells others, and what its user may do with it. */
export class PeerRouting {
  readonly finder: ProviderFinder
  readonly service: LocalRouting
  /** As in the config: `auto`, `dht`, `none` … */
  readonly type: string
  readonly #content: ContentProviding
  readonly #quiet: boolean
  readonly #off: () => string | undefined

  constructor({ libp2p, settings, blockstore, blocks, datastore, pinner, quiet, isPrivate, where }: PeerRoutingParts) {
    const open = quiet ? quietRouting(settings.routing) : settings.routing
    const config = isPrivate ? privateRouting(open) : open
    const { sessions, user } = composeRouting(libp2p, config)
    const provide = quiet ? { ...settings.provide, strategy: 'none' as const } : settings.provide
    this.finder = sessions
    this.#quiet = quiet
    this.type = config.type
    this.#off = () => this.#whyOff(config.type, config.providers.length + config.delegatedRouters.length, where)
    this.#content = new ContentProviding({
      libp2p,
      router: sessions,
      blockstore,
      blocks,
      datastore,
      pinner,
      config: provide
    })
    this.service = new LocalRouting({
      router: user,
      providing: this.#content.providing,
      known: (peer, options) => knownAddresses(libp2p, peer, options),
      strategy: provide.strategy,
      blocks,
      connectedPeers: () => libp2p.getPeers().length,
      isAlone: () => libp2p.getPeers().length === 0 && config.delegatedRouters.length === 0,
      whyOff: this.#off
    })
  }

  /** Why nobody can be asked for providers; undefined when somebody can. */
  get off(): string | undefined {
    return this.#off()
  }

  get provided(): ProvidedContent {
    return this.#content
  }

  /** See `ContentProviding`. */
  get blockStored(): ContentProviding['blockStored'] {
    return this.#content.blockStored
  }

  async start(): Promise<void> {
    await this.#content.start()
  }

  async stop(): Promise<void> {
    await this.#content.stop()
  }

  #whyOff(type: string, named: number, where: string): string | undefined {
    if (named > 0 || (type !== 'none' && type !== 'delegated')) return undefined
    if (this.#quiet) return 'routing is off: this peer runs offline. Start the daemon without --offline'
    if (type === 'delegated')
      return `routing is off: Routing.DelegatedRouters of ${where} is empty. Name a router there`
    return `routing is off: Routing.Type of ${where} is none. Set it to auto, and start the daemon again`
  }
}
