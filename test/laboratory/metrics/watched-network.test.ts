import { expect, test } from 'vitest'
import { cidKey, toPeerId } from '../../../src/ids.ts'
import { KnownBlocks } from '../../../src/laboratory/metrics/known-blocks.ts'
import { WatchedNetwork } from '../../../src/laboratory/metrics/watched-network.ts'
import { WorldWatch } from '../../../src/laboratory/metrics/world-watch.ts'
import { createMessage } from '../../../src/message/message.ts'
import type { NetworkEvents } from '../../../src/ports.ts'
import { createFile } from '../../../src/simulation/virtual-content.ts'
import { VirtualClock } from '../../../src/simulation/virtual-clock.ts'
import { virtualHashers } from '../../../src/simulation/virtual-hashers.ts'
import { VirtualNetwork } from '../../../src/simulation/virtual-network.ts'

const ignored: NetworkEvents = {
  connected: () => undefined,
  disconnected: () => undefined,
  received: () => undefined,
  streamLost: () => undefined,
  faulted: () => undefined,
  struck: () => undefined,
  admits: () => true,
  worth: () => 0
}

/** Peer 1 has asked peer 0 for a block that it has and does not send, at 0 ms. */
async function waiting() {
  const clock = new VirtualClock()
  const hub = new VirtualNetwork(clock)
  const file = createFile({ bytes: 1_000 })
  const watch = new WorldWatch({
    peers: 2,
    nowMs: () => clock.now(),
    hashers: virtualHashers(),
    blocks: new KnownBlocks([file]),
    has: (peer) => peer === 0,
    coreBusyMs: () => 0,
    roundTripMs: () => undefined
  })
  const ids = [toPeerId('server'), toPeerId('asker')] as const
  const join = (peer: 0 | 1) => new WatchedNetwork(hub.join(ids[peer]), watch, peer, (id) => ids.indexOf(id))
  const [server, asker] = [join(0), join(1)]
  await Promise.all([server.start(ignored), asker.start(ignored)])
  await clock.until(asker.connect({ peer: ids[0], addresses: [] }))
  const wants = file.blocks.map(({ cid }) => {
    return { cid, key: cidKey(cid), type: 'block', priority: 1, sendDontHave: false } as const
  })
  await clock.until(asker.send(ids[0], createMessage({ wants })))
  await clock.until(clock.sleep(50))
  return { clock, watch, server, asker }
}

test.each(['server', 'asker'] as const)('nobody waits any more when the %s has left', async (leaver) => {
  const { clock, watch, ...networks } = await waiting()
  const reading = () => {
    const now = clock.now()
    return [watch.peers[0]?.uplink.reading(now).waitedMs, watch.peers[1]?.time.reading(now).choking]
  }
  const before = reading()
  expect(before.every((ms) => ms !== undefined && ms > 0)).toBe(true)
  await clock.until(networks[leaver].stop())
  await clock.until(clock.sleep(1_000))
  expect(reading()).toEqual(before)
  expect(watch.peers[0]?.owed.size).toBe(0)
})

test('who has left is owed nothing from that moment on, before the other hears of it', async () => {
  const { watch, asker } = await waiting()
  void asker.stop()
  expect(watch.peers[0]?.owed.size).toBe(0)
})
