import type { CID } from 'multiformats/cid'
import { cidKey, toPeerId, type CidKey, type PeerId } from '../../src/ids.ts'
import {
  createMessage,
  type Message,
  type Presence,
  type WantEntry,
  type WireBlock
} from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import type { Network } from '../../src/ports.ts'
import type { JoinOptions } from '../../src/simulation/virtual-network.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import type { Swarm } from '../support/swarm.ts'

export interface PuppetOptions extends JoinOptions {
  /** What it does about each message; nothing when left out. */
  readonly on?: (message: Message, puppet: Puppet) => void
}

/** A peer of a swarm that says what a test tells it to say, and writes down what it hears. */
export class Puppet {
  readonly id: PeerId
  readonly port: Network
  /** Bounded: by the test. */
  readonly heard: Message[] = []
  /** What the others want of it, as a peer without a bound would keep it. Bounded: by the test. */
  readonly wantlist = new Map<CidKey, WantEntry>()

  private constructor(id: PeerId, port: Network) {
    this.id = id
    this.port = port
  }

  static async join(swarm: Swarm, name: string, { on, ...options }: PuppetOptions = {}): Promise<Puppet> {
    const id = toPeerId(name)
    const puppet = new Puppet(id, swarm.hub.join(id, options))
    await puppet.port.start({
      connected: () => undefined,
      disconnected: () => puppet.wantlist.clear(),
      streamLost: () => undefined,
      faulted: () => undefined,
      struck: () => undefined,
      admits: () => true,
      worth: () => 0,
      received: (_from, message) => {
        puppet.#note(message)
        on?.(message, puppet)
      }
    })
    return puppet
  }

  /** Sends a message; one that cannot be sent is lost, as on any wire. */
  says(to: { readonly id: PeerId }, parts: Partial<Message>): void {
    this.port.send(to.id, createMessage(parts)).catch(() => undefined)
  }

  /** Blocks it was sent. */
  get blocks(): readonly WireBlock[] {
    return this.heard.flatMap(({ blocks }) => blocks)
  }

  /** What it was told about a block of which it asked: `have` or `dont-have`, in order. */
  answers(cid: CID): string[] {
    const about = this.heard.flatMap(({ presences }) => presences.filter(({ key }) => key === cidKey(cid)))
    return about.map(({ have }) => (have ? 'have' : 'dont-have'))
  }

  /** How often it was asked for the bytes of a block. */
  timesAsked(cid: CID): number {
    const asked = this.heard.flatMap(({ wants }) => wants.filter(({ key }) => key === cidKey(cid)))
    return asked.filter(({ type }) => type === 'block').length
  }

  #note(message: Message): void {
    this.heard.push(message)
    if (message.full) this.wantlist.clear()
    for (const { key } of message.cancels) this.wantlist.delete(key)
    for (const want of message.wants) this.wantlist.set(want.key, want)
  }
}

export function wantOf({ cid }: SampleBlock, parts: Partial<WantEntry> = {}): WantEntry {
  return { cid, key: cidKey(cid), type: 'block', priority: 1, sendDontHave: true, ...parts }
}

export function presenceOf({ cid }: { readonly cid: CID }, have: boolean): Presence {
  return { cid, key: cidKey(cid), have }
}

export function wireBlock({ cid, bytes }: SampleBlock): WireBlock {
  return { prefix: cidPrefix(cid), bytes }
}

/** The first of a list that must not be empty. */
export function first<Item>(items: readonly Item[]): Item {
  const [item] = items
  if (item === undefined) throw new Error('an empty list')
  return item
}
