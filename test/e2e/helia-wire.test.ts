import { fileURLToPath } from 'node:url'
import type { Libp2p } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { createMessage, type WantType } from '../../src/message/message.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { frameOf, openStream } from '../network/libp2p/wire-peer.ts'
import { CAPTURED, fixtureFile, type HeliaFixture } from '../support/helia-fixtures.ts'
import { type HeliaPeer, startHelia } from '../support/helia-peer.ts'
import { startBareNode } from '../support/live-peer.ts'

/** Takes down the bytes of every stream that is opened to it. Helia opens one for each message. */
class Recorder {
  readonly node: Libp2p
  /** Whole streams in the order in which they ended, as hexadecimal digits. */
  readonly #frames: string[] = []
  #wake: (() => void) | undefined

  constructor(node: Libp2p) {
    this.node = node
  }

  async start(): Promise<this> {
    await this.node.handle('/ipfs/bitswap/1.2.0', (stream) => {
      const chunks: Uint8Array[] = []
      stream.addEventListener('message', ({ data }) => chunks.push(data.slice()))
      stream.addEventListener('remoteCloseWrite', () => {
        this.#frames.push(Buffer.concat(chunks).toString('hex'))
        this.#wake?.()
        void stream.close()
      })
    })
    return this
  }

  async next(): Promise<string> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) return frame
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

/** Compares with the file, or writes it when vitest runs with `--update`. */
async function expectFixture(name: HeliaFixture, frame: string): Promise<void> {
  await expect(`${frame}\n`).toMatchFileSnapshot(fileURLToPath(fixtureFile(name)))
}

/** Helia gives up on what nobody sends it when the test ends. */
function wantFrom(helia: HeliaPeer, { cid }: SampleBlock): AbortController {
  const controller = new AbortController()
  helia.get(cid, { signal: controller.signal }).catch(() => undefined)
  return controller
}

describe('what Helia says on the wire is what the fixtures say', () => {
  it('when it wants something', async () => {
    const helia = await startHelia()
    const recorder = await new Recorder(await startBareNode()).start()
    const early = wantFrom(helia, CAPTURED.wantedBeforeMeeting)
    await recorder.node.dial(helia.node.getMultiaddrs())
    await expectFixture('full-wantlist', await recorder.next())
    const late = wantFrom(helia, CAPTURED.wantedLater)
    await expectFixture('want', await recorder.next())
    const addresses = recorder.node.getMultiaddrs().map((address) => address.toString())
    const session = new AbortController()
    const { cid } = CAPTURED.wantedInSession
    helia.getInSession([cid], addresses, { signal: session.signal }).catch(() => undefined)
    await expectFixture('session-want', await recorder.next())
    for (const controller of [early, late, session]) controller.abort(new Error('the test is over'))
  })

  it('when it is asked for something', async () => {
    const helia = await startHelia()
    const { small, medium, large, absent } = CAPTURED
    helia.has([small, medium, large])
    const recorder = await new Recorder(await startBareNode()).start()
    const stream = await openStream(recorder.node, helia.node)
    const ask = async (type: WantType, ...blocks: readonly SampleBlock[]): Promise<string> => {
      const wants = blocks.map(({ cid }) => ({ cid, key: cidKey(cid), type, priority: 1, sendDontHave: true }))
      stream.send(frameOf(createMessage({ wants })))
      return await recorder.next()
    }
    await expectFixture('have', await ask('have', large))
    await expectFixture('dont-have', await ask('block', absent))
    await expectFixture('block', await ask('block', small))
    await expectFixture('two-blocks', await ask('block', medium, large))
  })
})
