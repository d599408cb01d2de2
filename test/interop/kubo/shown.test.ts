/** What Kubo's own commands say of a partner that is Barter. */
import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { BITSWAP_PROTOCOLS } from '../../../src/network/libp2p/protocols.ts'
import { blockOf } from '../../../src/testing/sample-blocks.ts'
import { until } from '../patience.ts'
import { field, list, member } from './kubo-rpc.ts'
import { connect, startKubo, startPeer, withKubo } from './play-kubo.ts'

await withKubo('Kubo shows of Barter', () => {
  it('its version, its protocols and where it is, by id', async () => {
    const [barter, kubo] = await Promise.all([startPeer(), startKubo()])
    await connect(barter, kubo)
    const { id, agentVersion, publicKey } = await barter.service.id()
    const shown = await kubo.rpc.json('id', { args: [id] })
    expect(shown).toMatchObject({ ID: id, AgentVersion: agentVersion, PublicKey: publicKey })
    expect(agentVersion).toMatch(/^barter\//u)
    expect(list(shown, 'Protocols')).toEqual(expect.arrayContaining([...BITSWAP_PROTOCOLS]))
    expect(list(shown, 'Addresses')).toEqual(barter.service.swarmLocalAddresses({ id: true }))
    const about = await barter.service.id(kubo.peer.id)
    expect(about).toMatchObject({ agentVersion: expect.stringMatching(/^kubo\/0\.43\.0/u) as string })
    expect(about.protocols).toEqual(expect.arrayContaining(['/ipfs/bitswap/1.2.0']))
  })

  it('what it wants, as long as it wants it, by bitswap wantlist and stat', async () => {
    const [barter, kubo] = await Promise.all([startPeer(), startKubo()])
    await connect(barter, kubo)
    const wanted = blockOf(randomBytes(400))
    const gone = new AbortController()
    const get = barter.bitswap.get(wanted.cid, { signal: gone.signal })
    const us = barter.libp2p.peerId.toString()
    const wantlist = async () => (await kubo.peer.wantlistOf(us)).map(String)
    await until(async () => (await wantlist()).length === 1, 'Kubo knows the want')
    expect(await wantlist()).toEqual([wanted.cid.toString()])
    expect(list(await kubo.rpc.json('bitswap/stat'), 'Peers')).toEqual([us])
    gone.abort()
    await expect(get).rejects.toThrow()
    await until(async () => (await wantlist()).length === 0, 'Kubo has heard of the cancel')
  })

  it('what it wants of Barter, to Barter, too', async () => {
    const [barter, kubo] = await Promise.all([startPeer(), startKubo()])
    await connect(barter, kubo)
    const wanted = blockOf(randomBytes(400))
    const get = kubo.peer.get(wanted.cid)
    await until(async () => (await barter.service.bitswapWantlist(kubo.peer.id)).length === 1, 'Barter knows the want')
    expect(list(await kubo.rpc.json('bitswap/wantlist'), 'Keys').map((key) => field(key, '/'))).toEqual([
      wanted.cid.toString()
    ])
    await barter.bitswap.put(wanted.cid, wanted.bytes)
    expect(Buffer.from(await get)).toEqual(Buffer.from(wanted.bytes))
  })

  it('what they exchanged, by bitswap ledger and stat: the same as Barter says', async () => {
    const [barter, kubo] = await Promise.all([startPeer(), startKubo()])
    await connect(barter, kubo)
    const us = barter.libp2p.peerId.toString()
    const theirs = await kubo.peer.putMany([randomBytes(3_000), randomBytes(70_000)])
    for (const cid of theirs) await barter.bitswap.get(cid)
    const { cid } = await barter.service.blockPut(randomBytes(500))
    await kubo.peer.get(CID.parse(cid))
    await until(async () => (await kubo.peer.ledgerWith(us))?.exchanges === 3, 'Kubo has booked all')
    await until(() => barter.bitswap.ledger(kubo.peer.id)?.exchanges === 3, 'Barter has booked all')
    const ledger = await kubo.rpc.json('bitswap/ledger', { args: [us] })
    expect(ledger).toEqual({ Peer: us, Value: 73_000 / 501, Sent: 73_000, Recv: 500, Exchanged: 3 })
    expect(barter.bitswap.ledger(kubo.peer.id)).toMatchObject({ bytesSent: 500, bytesReceived: 73_000, exchanges: 3 })
    const stat = await kubo.rpc.json('bitswap/stat')
    expect(stat).toMatchObject({ BlocksReceived: 1, DataReceived: 500, BlocksSent: 2, DataSent: 73_000 })
    expect(member(stat, 'DupBlksReceived')).toBe(0)
  })
})
