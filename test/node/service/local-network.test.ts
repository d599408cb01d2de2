import { describe, expect, it, onTestFinished } from 'vitest'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import { listOf } from '../../support/list-of.ts'

async function start(): Promise<Peer> {
  const peer = await createPeer({ quiet: true })
  onTestFinished(() => peer.stop())
  return peer
}

async function pair(): Promise<{ alice: Peer; bob: Peer; bobAddress: string; bobId: string }> {
  const [alice, bob] = [await start(), await start()]
  const [bobAddress = ''] = await bob.service.swarmLocalAddresses({ id: true })
  return { alice, bob, bobAddress, bobId: bob.libp2p.peerId.toString() }
}

const CONTENT = new Uint8Array(200_000).fill(7)

describe('the connection side of a peer', () => {
  it('counts what goes in and out, by peer on the wire, and by protocol', async () => {
    const { alice, bob, bobAddress, bobId } = await pair()
    const { cid } = await bob.service.blockPut(CONTENT)
    expect(await alice.service.network.bandwidth()).toEqual({ totalIn: 0, totalOut: 0, rateIn: 0, rateOut: 0 })
    await alice.service.swarmConnect(bobAddress)
    await alice.service.blockGet(cid)
    const all = await alice.service.network.bandwidth()
    const ofBob = await alice.service.network.bandwidth({ peer: bobId })
    const ofBitswap = await alice.service.network.bandwidth({ protocol: '/ipfs/bitswap/1.2.0' })
    expect(ofBob).toEqual(all)
    expect(all.totalIn).toBeGreaterThan(CONTENT.length)
    expect(all.totalIn).toBeLessThan(CONTENT.length * 1.2)
    expect(ofBitswap.totalIn).toBeGreaterThan(CONTENT.length)
    expect(ofBitswap.totalIn).toBeLessThan(all.totalIn)
    const atBob = await bob.service.network.bandwidth({ peer: alice.libp2p.peerId.toString() })
    expect(atBob.totalOut).toBeGreaterThan(CONTENT.length)
    await expect(async () => alice.service.network.bandwidth({ peer: bobId, protocol: '/p' })).rejects.toThrow('OR')
  })

  it('pings whom it can reach', async () => {
    const { alice, bobAddress, bobId } = await pair()
    await alice.service.swarmConnect(bobAddress)
    const events = await listOf(alice.service.network.ping(bobId, { count: 1 }))
    expect(events).toEqual([{ type: 'pong', latencyMs: expect.any(Number) as number }])
    const self = alice.service.network.ping(alice.libp2p.peerId.toString(), { count: 1 })
    await expect(listOf(self)).rejects.toThrow("can't ping self")
    await expect(listOf(alice.service.network.ping(bobId, { count: 0 }))).rejects.toThrow('greater than 0')
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(listOf(alice.service.network.ping(bobId, { count: 1, signal }))).rejects.toThrow('enough')
  })

  it('knows what its peers told of themselves, and what it holds open', async () => {
    const { alice, bobAddress, bobId } = await pair()
    await alice.service.swarmConnect(bobAddress)
    const told = await alice.service.network.identify()
    expect(told.get(bobId)).toMatchObject({ id: bobId, agentVersion: expect.stringContaining('barter/') as string })
    const resources = new Map((await alice.service.network.resources()).map((one) => [one.name, one]))
    expect(resources.get('Conns')).toMatchObject({ used: 1, limit: expect.any(Number) as number })
    expect(resources.get('ConnsOutbound')).toMatchObject({ used: 1 })
  })

  it('neither dials nor accepts what is filtered, from the moment it is', async () => {
    const { alice, bob, bobAddress } = await pair()
    await alice.service.network.addFilters(['/ip4/127.0.0.0/ipcidr/8'])
    expect(await alice.service.network.filters()).toEqual(['/ip4/127.0.0.0/ipcidr/8'])
    expect((await alice.service.swarmConnect(bobAddress)).error).toBeDefined()
    const [address = ''] = await alice.service.swarmLocalAddresses({ id: true })
    expect((await bob.service.swarmConnect(address)).error).toBeDefined()
    expect(await alice.service.network.removeFilters(['/ip4/127.0.0.0/ipcidr/8'])).toHaveLength(1)
    expect(await alice.service.network.removeFilters('all')).toEqual([])
    expect((await alice.service.swarmConnect(bobAddress)).error).toBeUndefined()
    await expect(async () => alice.service.network.addFilters(['10.0.0.0/8'])).rejects.toThrow('/ip4/10.0.0.0/ipcidr/8')
  })
})

describe('the process of a peer', () => {
  it('is well while its store works, and says what it was asked', async () => {
    const peer = await start()
    await peer.service.diagnostics.check()
    const end = peer.service.diagnostics.commandBegins({ command: 'id', args: [], options: {} })
    expect(await peer.service.diagnostics.commands()).toEqual([expect.objectContaining({ endedAt: undefined })])
    await peer.service.diagnostics.clearCommands()
    end()
    expect(await peer.service.diagnostics.commands()).toEqual([
      expect.objectContaining({ endedAt: expect.any(Number) as number })
    ])
    for (let count = 0; count < 3_000; count++) {
      peer.service.diagnostics.commandBegins({ command: 'id', args: [], options: {} })()
    }
    expect(await peer.service.diagnostics.commands()).toHaveLength(1_000)
    await peer.service.diagnostics.keepCommands(-1)
    expect(await peer.service.diagnostics.commands()).toEqual([])
    expect(await peer.service.diagnostics.system()).toMatchObject({
      online: true,
      processors: expect.any(Number) as number
    })
  })
})
