import { admit } from './blocks/admit.ts'
import { BlockRouter, type BlockRouterParts } from './blocks/block-router.ts'
import { Engine, type EngineParts } from './engine/engine.ts'
import { debtRatio } from './engine/strategies/debt-ratio.ts'
import type { Strategy } from './engine/strategy.ts'
import type { PolicyFunction, PolicyRule } from './exchange.ts'
import type { CidKey, PeerId } from './ids.ts'
import { LedgerBook } from './ledger/ledger-book.ts'
import { ExchangeViews } from './insight/exchange-views.ts'
import { Outboxes } from './network/outbox.ts'
import { resolveOptions, type BitswapOptions, type BitswapOptionsInit } from './options.ts'
import { Door } from './peers/door.ts'
import { Inflow } from './peers/inflow.ts'
import { PeerRouter } from './peers/peer-router.ts'
import { ProviderSearch } from './peers/provider-search.ts'
import { AccessRules } from './policy/access-rules.ts'
import { Limits } from './policy/limits.ts'
import type {
  Blockstore,
  Clock,
  Hashers,
  LedgerStore,
  Logger,
  Network,
  PeerFeatures,
  ProviderFinder,
  Random,
  TrustStore
} from './ports.ts'
import { BroadcastControl } from './session/broadcast-control.ts'
import type { Client, ClientHost } from './session/session-like.ts'
import { OpenSessions } from './session/open-sessions.ts'
import type { SessionParts } from './session/session-ports.ts'
import { Session } from './session/session.ts'
import { TrustBook, type TrustBookParts } from './trust/trust-book.ts'
import { WantManager } from './wants/want-manager.ts'

/** The world, as ports; and the rules by which scarce upload is divided, and blocks are served at all. */
export interface BitswapParts {
  /** The id of this peer, which it can neither ban nor deny. */
  readonly self?: PeerId | undefined
  readonly network: Network
  readonly blockstore: Blockstore
  readonly hashers: Hashers
  readonly finder: ProviderFinder
  readonly clock: Clock
  readonly logger: Logger
  /** Without it, ledgers end with the process. */
  readonly ledgerStore?: LedgerStore | undefined
  /** Without it, trust and bans end with the process. */
  readonly trustStore?: TrustStore | undefined
  readonly strategy?: Strategy | undefined
  /** For strategies that draw lots. */
  readonly random?: Random | undefined
  readonly policy?: PolicyInit | undefined
  /** Who decides what is asked of whom; our own sessions without it. */
  readonly client?: Client | undefined
  /** Is this peer to stay connected, by the word of our owner? */
  readonly isPeered?: ((peer: PeerId) => boolean) | undefined
  readonly options?: BitswapOptionsInit | undefined
  /** Makes the bytes of a block that arrived our own. By default they are copied out of a message they would keep alive. */
  readonly own?: ((bytes: Uint8Array) => Uint8Array) | undefined
}

export interface PolicyInit {
  readonly rules?: readonly PolicyRule[] | undefined
  /** Decides where no rule denies, by who asks: a gateway, which does not know who that is, serves nothing then. */
  readonly decide?: PolicyFunction | undefined
}

/** What the actors need of the one who puts them together. */
export interface AssemblyHooks {
  readonly send: Network['send']
  readonly enter: (peer: PeerId, features: PeerFeatures) => void
  readonly leave: (peer: PeerId) => void
}

export interface Actors {
  readonly options: BitswapOptions
  readonly outboxes: Outboxes
  readonly peers: PeerRouter
  readonly door: Door
  readonly inflow: Inflow
  readonly wants: WantManager
  readonly blocks: BlockRouter
  readonly engine: Engine
  readonly ledger: LedgerBook
  readonly trust: TrustBook
  readonly rules: AccessRules
  readonly limits: Limits
  readonly search: ProviderSearch
  readonly broadcast: BroadcastControl
}

/** Makes the actors and introduces them to each other. No rules of its own. */
export function assemble(parts: BitswapParts, hooks: AssemblyHooks): Actors {
  const { blockstore, hashers, finder, clock, logger, network } = parts
  const options = resolveOptions(parts.options)
  const outboxes = new Outboxes({ network: { send: hooks.send }, clock, logger })
  const ledger = new LedgerBook({ store: parts.ledgerStore, clock, logger }, options.ledger)
  const now = (): number => clock.now()
  const limits = new Limits(options.limits, now, () => {
    engine.rateChanged()
    inflow.resume()
  })
  const measure: TrustBookParts['measure'] = (peer) => peers.measure(peer)
  const remembered = { self: parts.self, store: parts.trustStore, clock, logger, accounts: ledger }
  const trust: TrustBook = new TrustBook({ ...remembered, measure, changed: () => door.review() }, options.trust)
  const rules = accessRules(parts, () => {
    door.review()
    engine.reviewAll()
  })
  const window: Inflow['window'] = (blockBytes, count) => inflow.window(blockBytes, count)
  const pace = { ...options.session, maxWindow: options.wants.maxOutstandingPerPeer }
  const peers: PeerRouter = new PeerRouter({ network, clock, trust, window }, options.peers, pace)
  const inflow: Inflow = new Inflow({ rate: limits.download, clock, unread: (peer) => peers.storing(peer) })
  const door: Door = new Door({
    ...hooks,
    admits: (peer) => rules.admits(peer) && !trust.isBanned(peer),
    peers: () => peers.peers(),
    expel: (peer, reason) => network.expel(peer, reason)
  })
  const telling = { cancelsSender: parts.client?.cancelsSender === true, cancelsAtOnce: parts.client !== undefined }
  const wants = new WantManager({ sender: outboxes, peers, clock, ...telling }, options.wants)
  const choosing = { strategy: parts.strategy ?? debtRatio, random: parts.random, ledger, rate: limits.upload }
  const ports = { outbox: outboxes, blockstore, clock, logger, ...hearing(rules, wants) }
  const engine: Engine = new Engine({ ...ports, ...choosing }, options.engine)
  const received: BlockRouterParts['ledger']['received'] = (peer, bytes, count) => {
    ledger.received(peer, bytes, count)
    engine.credited(peer, bytes)
  }
  const { own } = parts
  const routing = { wants, partners: engine, ledger: { received }, peers, blockstore, hashers, logger, own }
  const blocks = new BlockRouter(routing)
  const connect: PeerRouter['connect'] = (provider, signal) => peers.connect(provider, signal)
  const search = new ProviderSearch({ finder, connect, clock, logger }, options.session.maxProvidersPerSearch)
  const broadcast = new BroadcastControl(options.broadcast, (peer) => ({
    ...peers.bystander(peer),
    isPeered: parts.isPeered?.(peer) === true,
    isPending: wants.hasNews(peer)
  }))
  const asking = { peers, door, inflow, wants, blocks, search, broadcast }
  return { options, outboxes, engine, ledger, trust, rules, limits, ...asking }
}

/** What partners want is heard by those who decide whether they get it, and by those who want it as well. */
function hearing(rules: AccessRules, wants: WantManager): Pick<EngineParts, 'verdict' | 'asked'> {
  return {
    verdict: (peer, want) => rules.verdict(peer, want),
    asked: (peer, key) => wants.seekers.wantedToo(peer, key)
  }
}

/** The store as the client wants it to be. */
export function withClientStore(parts: BitswapParts): BitswapParts {
  const blockstore = parts.client?.store?.(parts.blockstore)
  return blockstore === undefined ? parts : { ...parts, blockstore }
}

/** What each session gets. */
export function sessionParts({ self, blockstore, clock, logger }: BitswapParts, actors: Actors): SessionParts {
  const { wants, peers, search, broadcast, engine, options } = actors
  const awaitedBy = (key: CidKey): readonly PeerId[] => engine.awaitedBy(key)
  const own = { self, awaitedBy, options: options.session }
  return { wants, peers, search, broadcast, blockstore, clock, logger, ...own }
}

/** The sessions of users: those of the client, if there is one, or else our own. */
export function openSessions(parts: BitswapParts, actors: Actors): OpenSessions {
  const { blockstore, clock, hashers, client } = parts
  return new OpenSessions({
    blockstore,
    clock,
    options: actors.options.session,
    admit: (cid) => admit(cid, hashers),
    make: (hints, fixed, shown) => {
      const own = { ...sessionParts(parts, actors), shown }
      return client?.session(own, hints, fixed) ?? new Session(own, hints, fixed)
    }
  })
}

/** What all of it shows of its inside. */
export function exchangeViews(parts: BitswapParts, actors: Actors, sessions: OpenSessions): ExchangeViews {
  const { wants, peers, engine, blocks, rules, door, limits, search, broadcast } = actors
  const { clock, network, strategy = debtRatio } = parts
  const shown = { wants, peers, engine, sessions, searches: search, tally: blocks.tally }
  return new ExchangeViews({ clock, network, strategy, rules, door, limits, broadcast, ...shown })
}

/** What a client gets beside its sessions. */
export function clientHost(parts: BitswapParts, actors: Actors): ClientHost {
  const { outboxes, engine, blocks } = actors
  const send: ClientHost['send'] = (peer, message) => void outboxes.send(peer, message).catch(() => undefined)
  return { parts: sessionParts(parts, actors), tally: blocks.tally, send, isAwaited: (key) => engine.awaits(key) }
}

function accessRules({ self, policy, logger }: BitswapParts, changed: () => void): AccessRules {
  const failed = (error: unknown): void => logger.error('the policy function failed: the want is denied', { error })
  let isReady = false
  const rules = new AccessRules({ self, decide: policy?.decide, changed: () => isReady && changed(), failed })
  for (const { effect, ...target } of policy?.rules ?? []) rules[effect](target)
  isReady = true
  return rules
}
