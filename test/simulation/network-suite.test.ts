import { describe, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { VirtualNetwork } from '../../src/simulation/virtual-network.ts'
import { byReference, throughCodec, type Wire } from '../../src/simulation/wire.ts'
import { networkCases, type NetworkWorld } from '../../src/testing/network-suite.ts'

function virtualWorld(wire: Wire): NetworkWorld {
  const clock = new VirtualClock()
  const hub = new VirtualNetwork(clock, { wire })
  const [aId, bId] = [toPeerId('alice'), toPeerId('bob')]
  return {
    a: hub.join(aId),
    b: hub.join(bId),
    aId,
    bId,
    bProvider: () => ({ peer: bId, addresses: [] }),
    until: (promise) => clock.until(promise),
    disconnect: () => hub.cut(aId, bId),
    breakStream: () => hub.breakStream(aId, bId),
    close: () => undefined
  }
}

describe.each([
  ['by reference', byReference],
  ['through the codec', throughCodec]
])('a virtual network, %s,', (_, wire) => {
  for (const { name, run } of networkCases(() => virtualWorld(wire))) it(name, run)
})
