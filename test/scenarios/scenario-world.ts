import { RecordedEvents } from '../../src/testing/recorded-events.ts'
import { blockOf, numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { strategyByName } from '../../src/engine/strategies/by-name.ts'
import { cidKey, toPeerId, type PeerId } from '../../src/ids.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import type { Network } from '../../src/ports.ts'
import { type Namer, summarize } from '../../src/simulation/traffic.ts'
import { Swarm, type SwarmPeer } from '../support/swarm.ts'

/** `key=value` words of a line. */
export type Settings = ReadonlyMap<string, string>

const DEFAULT_BLOCK_BYTES = 2_000
const LIST_AT_MOST = 6

/** A swarm whose peers and blocks have names, and which writes down what happens in it. */
export class ScenarioWorld {
  readonly swarm = new Swarm()
  /** Bounded: by the scenario, as everything below. */
  readonly #peers = new Map<string, SwarmPeer>()
  /** Bounded: peers that do what the scenario says, and nothing by themselves. */
  readonly #puppets = new Map<string, Network>()
  /** Bounded: by name. */
  readonly #blocks = new Map<string, SampleBlock>()
  /** Bounded: by CID, the name of each block. */
  readonly #names = new Map<string, string>()
  /** Bounded: requests that have not ended. */
  readonly #requests = new Map<string, { readonly abort: AbortController; readonly ended: Promise<void> }>()
  /** Bounded: emptied by `takeEvents`. */
  #events: string[] = []
  #logged = 0

  async addPeer(name: string, settings: Settings): Promise<void> {
    const upload = settings.get('upload')
    const strategy = settings.get('strategy')
    const slots = settings.get('slots')
    const peer = await this.swarm.add(name, {
      features: { presences: settings.get('presences') !== 'no' },
      ...(upload !== undefined && { uploadBytesPerSecond: Number(upload) }),
      ...(strategy !== undefined && { strategy: strategyByName(strategy) }),
      ...(slots !== undefined && { options: { engine: { uploadSlots: Number(slots) } } })
    })
    this.#peers.set(name, peer)
  }

  async addPuppet(name: string): Promise<void> {
    const network = this.swarm.hub.join(toPeerId(name))
    await network.start(new RecordedEvents())
    this.#puppets.set(name, network)
  }

  addBlocks(names: readonly string[], settings: Settings): void {
    const bytes = Number(settings.get('bytes') ?? DEFAULT_BLOCK_BYTES)
    for (const name of names) {
      const block = numberedBlock(this.#blocks.size + 1, bytes)
      this.#blocks.set(name, block)
      this.#names.set(block.cid.toString(), name)
    }
  }

  peer(name: string): SwarmPeer {
    return found(this.#peers.get(name), `peer ${name}`)
  }

  peers(): SwarmPeer[] {
    return [...this.#peers.values()]
  }

  block(name: string): SampleBlock {
    return found(this.#blocks.get(name), `block ${name}`)
  }

  async connect(from: string, to: string): Promise<void> {
    const network = this.#puppets.get(from) ?? this.peer(from).network
    await this.swarm.clock.until(network.connect({ peer: toPeerId(to), addresses: [] }))
  }

  /** Starts a request; its end is written down when it comes. */
  get(peerName: string, names: readonly string[], settings: Settings): void {
    const label = settings.get('as') ?? `${peerName} ${this.#requests.size + 1}`
    const abort = new AbortController()
    const providers = settings.get('from')?.split(',')
    const run = async (): Promise<void> => {
      const cids = names.map((name) => this.block(name).cid)
      const options = { signal: abort.signal, ...(providers && { providers: providers.map(toPeerId) }) }
      const from = new Map<string, string[]>()
      for await (const block of this.peer(peerName).bitswap.getMany(cids, options)) {
        const source = block.from ?? 'the local store'
        from.set(source, [...(from.get(source) ?? []), this.#nameOf(block.cid.toString())])
      }
      for (const [source, got] of from) this.#note(`${peerName} got ${list(got)} from ${source}`)
    }
    const failed = (error: unknown): void => this.#note(`${peerName} failed: ${String(error)}`)
    const ended = run()
      .catch(failed)
      .finally(() => this.#requests.delete(label))
    this.#requests.set(label, { abort, ended })
  }

  abort(label: string): void {
    found(this.#requests.get(label), `request ${label}`).abort.abort(new Error('aborted'))
  }

  /** Lets time pass until every request has ended. */
  async wait(limitMs: number): Promise<void> {
    const ended = [...this.#requests.values()].map((request) => request.ended)
    await this.swarm.clock.until(Promise.all(ended), limitMs)
  }

  /** What a puppet says, such as `have a b`, `block a`, `forged a` (other bytes under the same prefix), `want-block a`. */
  async puppetSays(from: string, to: string, kind: string, names: readonly string[]): Promise<void> {
    const puppet = found(this.#puppets.get(from), `puppet ${from}`)
    await this.swarm.clock.until(puppet.send(toPeerId(to), this.#message(kind, names)))
  }

  /** What happened since this was last asked, one line each, in order of time. */
  takeEvents(): string[] {
    const fresh = this.swarm.hub.log.slice(this.#logged)
    this.#logged = this.swarm.hub.log.length
    const messages = fresh.map(({ atMs, from, to, message }) =>
      this.#line(atMs, `${from} -> ${to}: ${this.#say(message)}`)
    )
    const lines = [...messages, ...this.#events].sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b))
    this.#events = []
    return lines
  }

  /** The accounts that a peer keeps of others. */
  ledgers(): string[] {
    return this.peers().flatMap(({ id, bitswap }) =>
      bitswap
        .ledgers()
        .toSorted((a, b) => (a.peer < b.peer ? -1 : 1))
        .map(({ peer, bytesSent, bytesReceived }) => `${id}: ${peer} was sent ${bytesSent}, gave ${bytesReceived}`)
    )
  }

  #message(kind: string, names: readonly string[]): Message {
    const blocks = names.map((name) => this.block(name))
    const entries = blocks.map(({ cid }) => ({ cid, key: cidKey(cid) }))
    switch (kind) {
      case 'have':
      case 'dont-have':
        return createMessage({ presences: entries.map((entry) => ({ ...entry, have: kind === 'have' })) })
      case 'want-block':
      case 'want-have': {
        const type = kind === 'want-block' ? 'block' : 'have'
        return createMessage({ wants: entries.map((entry) => ({ ...entry, type, priority: 1, sendDontHave: true })) })
      }
      case 'cancel':
        return createMessage({ cancels: entries })
      case 'block':
        return createMessage({ blocks: blocks.map(({ cid, bytes }) => ({ prefix: cidPrefix(cid), bytes })) })
      case 'forged':
        return createMessage({
          blocks: blocks.map(({ cid, bytes }) => ({ prefix: cidPrefix(cid), bytes: bytes.map((byte) => ~byte) }))
        })
      default:
        throw new Error(`a puppet cannot say ${kind}`)
    }
  }

  #say(message: Message): string {
    const names: Namer = {
      cid: (cid) => this.#nameOf(cid.toString()),
      block: (_prefix, bytes) => this.#nameOf(blockOf(bytes).cid.toString())
    }
    return summarize(message, names)
      .split('; ')
      .map((part) => {
        const [word = '', ...items] = part.split(' ')
        return word === 'pending' || items.length === 0 ? part : `${word} ${list(items)}`
      })
      .join('; ')
  }

  #nameOf(cid: string): string {
    return this.#names.get(cid) ?? '(unknown)'
  }

  #note(what: string): void {
    this.#events.push(this.#line(this.swarm.clock.now(), what))
  }

  #line(atMs: number, what: string): string {
    return `${atMs.toFixed(1).padStart(8)}  ${what}`
  }
}

/** A few items, or the first, the last and how many. */
function list(items: readonly string[]): string {
  if (items.length <= LIST_AT_MOST) return items.join(' ')
  return `${String(items[0])} … ${String(items.at(-1))} (${items.length})`
}

function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}

export function peerId(name: string): PeerId {
  return toPeerId(name)
}
