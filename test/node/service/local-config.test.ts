import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { KNOWN_KEYS } from '../../../src/node/config/known-keys.ts'
import { environmentOverrides } from '../../../src/node/config/overrides.ts'
import { ProcessLog } from '../../../src/node/log/process-log.ts'
import { createPeer } from '../../../src/node/peer.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const PEER = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'

async function startPeer(env: Record<string, string> = {}) {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const log = new ProcessLog()
  const overrides = environmentOverrides(env)
  const peer = await createPeer({ repo: root, listen: [], quiet: true, log, overrides })
  onTestFinished(() => peer.stop())
  const path = join(root, 'config')
  const file = async () => JSON.parse(await readFile(path, 'utf8')) as Record<string, Record<string, unknown>>
  return { peer, config: peer.service.config, path, file, log }
}

describe('the config of a running peer', () => {
  it('takes hold where it can, and says where it cannot', async () => {
    const { peer, config, file, log } = await startPeer()
    expect(await config.set('Barter.Limits.Upload', '10MB')).toMatchObject({
      applied: ['Barter.Limits.Upload'],
      restart: []
    })
    expect(peer.bitswap.limits.get().upload).toBe(10_000_000)
    await config.set('Barter.Limits.Peers', [{ Peer: PEER, Upload: 5 }])
    expect(peer.bitswap.limits.ofPeers()).toMatchObject([{ peer: PEER, upload: 5 }])
    await config.set('Barter.Limits.Peers', [])
    expect(peer.bitswap.limits.ofPeers()).toEqual([])
    await config.set('Barter.Policy.Deny', [{ Peer: PEER }])
    expect(peer.bitswap.policy.admits(PEER)).toBe(false)
    await config.set('Barter.Policy', {})
    expect(peer.bitswap.policy.admits(PEER)).toBe(true)
    await config.set('Barter.Log', { Level: 'info', Levels: { 'libp2p:tcp': 'trace' }, Format: 'json' })
    expect([log.sink.levels.missing, log.sink.levels.of('libp2p:tcp'), log.sink.format]).toEqual([
      'info',
      'trace',
      'json'
    ])
    await config.set('Bootstrap', [`/ip4/192.0.2.7/tcp/4001/p2p/${PEER}`])
    expect(await peer.service.bootstrapList()).toEqual([`/ip4/192.0.2.7/tcp/4001/p2p/${PEER}`])
    await config.set('Peering.Peers', [{ ID: PEER }])
    expect(await peer.service.peeringList()).toMatchObject([{ peer: PEER }])
    await config.set('Peering.Peers', [])
    expect(await peer.service.peeringList()).toEqual([])
    expect(await config.set('Swarm.ConnMgr.HighWater', '77')).toMatchObject({ applied: ['Swarm.ConnMgr.HighWater'] })
    expect(await config.set('Routing.Type', 'none')).toMatchObject({ applied: [], restart: ['Routing.Type'] })
    expect(await file()).toMatchObject({ Swarm: { ConnMgr: { HighWater: 77 } }, Routing: { Type: 'none' } })
  })

  it('knows how to apply every key that is said to be live', async () => {
    const { config } = await startPeer()
    const live = KNOWN_KEYS.filter(({ isLive }) => isLive === true).map(({ key }) => key)
    const values: Record<string, unknown> = { 'Barter.Log.Levels': { a: 'info' }, Bootstrap: ['auto'] }
    for (const known of KNOWN_KEYS.filter(({ isLive }) => isLive === true)) {
      const { key, form, kind, missing } = known
      const number = Number(missing ?? 1) + 1
      const plain =
        form === 'number' ? (key.endsWith('LowWater') ? 1 : number) : kind.startsWith('a size') ? 4_096 : '31s'
      const words = kind.startsWith('one of ')
        ? kind
            .slice(7)
            .split(', ')
            .find((one) => one !== missing)
        : plain
      const lists =
        form === 'json' && !(key in values) ? (key.startsWith('Peering') ? [{ ID: PEER }] : [{ Peer: PEER }]) : words
      const change = await config.set(key, values[key] ?? lists)
      expect([key, change.applied]).toEqual([key, [key]])
    }
    expect(live.length).toBeGreaterThan(12)
  })

  it('is read again when it was changed by hand; a wrong one changes nothing', async () => {
    const { peer, config, path, file } = await startPeer()
    const changed = { ...(await file()), Barter: { Limits: { Upload: 1_000 } }, Routing: { Type: 'none' } }
    await writeFile(path, JSON.stringify(changed))
    expect(await config.reload()).toEqual({
      changed: [
        'Routing.Type',
        'Routing.DelegatedRouters',
        'Routing.LoopbackAddressesOnLanDHT',
        'Barter.Limits.Upload'
      ],
      applied: ['Barter.Limits.Upload'],
      restart: ['Routing.Type', 'Routing.DelegatedRouters', 'Routing.LoopbackAddressesOnLanDHT'],
      notes: []
    })
    expect(peer.bitswap.limits.get().upload).toBe(1_000)
    await writeFile(path, JSON.stringify({ ...changed, Barter: { Limits: { Upload: 'fast' } } }))
    await expect(config.reload()).rejects.toThrow('Barter.Limits.Upload is "fast": expected a size')
    expect(peer.bitswap.limits.get().upload).toBe(1_000)
  })

  it('keeps in mind what was written by hand, whatever else is set before it is read again', async () => {
    const { peer, config, path, file } = await startPeer()
    const { policy } = peer.service
    await policy.limitPeer(PEER, { upload: 2_000 })
    const limits = { Upload: 1_000, Peers: [{ Peer: PEER, Download: 5 }] }
    await writeFile(path, JSON.stringify({ ...(await file()), Barter: { Limits: limits } }))
    expect(await config.set('Swarm.ConnMgr.HighWater', 56)).toMatchObject({ applied: ['Swarm.ConnMgr.HighWater'] })
    // Not of the config: what is not read yet took nothing from this peer.
    expect(await policy.limits()).toMatchObject({ upload: 0, peers: [{ peer: PEER, upload: 2_000 }] })
    expect(await config.reload()).toMatchObject({ applied: ['Barter.Limits.Upload', 'Barter.Limits.Peers'] })
    expect(await policy.limits()).toMatchObject({ upload: 1_000, peers: [{ peer: PEER, download: 5 }] })
    expect(await config.reload()).toMatchObject({ changed: [] })
  })

  it('takes nothing from a peer that a list by hand named, and a list that took hold does not', async () => {
    const { peer, config, path, file } = await startPeer()
    const { policy } = peer.service
    const before = await file()
    await writeFile(path, JSON.stringify({ ...before, Barter: { Limits: { Peers: [{ Peer: PEER, Download: 5 }] } } }))
    await config.set('Swarm.ConnMgr.HighWater', 56)
    await policy.limitPeer(PEER, { upload: 2_000 })
    await config.set('Barter.Limits', { Download: 7_000 })
    expect(await policy.limits()).toMatchObject({ download: 7_000, peers: [{ peer: PEER, upload: 2_000 }] })
  })

  it('refuses limits below those that a peer was given while it ran: nothing is written', async () => {
    const { peer, config, path, file } = await startPeer()
    const { policy } = peer.service
    await policy.limitPeer(PEER, { upload: 2_000 })
    const [before, refusal] = [await file(), `upload limit of ${PEER} is above that of all together`]
    await expect(config.set('Barter.Limits.Upload', 1_000)).rejects.toMatchObject({
      code: 'ERR_INVALID_PARAMETERS',
      message: `refused, and nothing was written: the ${refusal}: expected 1000 bytes a second or less; \`barter bitswap limits --peer ${PEER} --reset\` takes it back`
    })
    expect(await file()).toEqual(before)
    await writeFile(path, JSON.stringify({ ...before, Barter: { Limits: { Upload: 1_000, Download: 7 } } }))
    await expect(config.reload()).rejects.toThrow(refusal)
    expect(await policy.limits()).toMatchObject({ upload: 0, download: 0 })
    // A list of the config takes the place of what the peer was given.
    const limits = { Upload: 1_000, Peers: [{ Peer: PEER, Upload: 900 }] }
    expect(await config.set('Barter.Limits', limits)).toMatchObject({ restart: [] })
    expect(await policy.limits()).toMatchObject({ upload: 1_000, peers: [{ peer: PEER, upload: 900 }] })
    expect(await config.set('Barter.Limits', { Upload: 500, Peers: [] })).toMatchObject({ restart: [] })
  })

  it('tells what goes before it', async () => {
    const { peer, config } = await startPeer({ BARTER_LIMITS_UPLOAD: '7' })
    expect(peer.bitswap.limits.get().upload).toBe(7)
    expect(await config.set('Barter.Limits.Upload', 9)).toMatchObject({
      applied: [],
      restart: [],
      notes: ['BARTER_LIMITS_UPLOAD goes before the file: Barter.Limits.Upload stays as it is']
    })
    expect(peer.bitswap.limits.get().upload).toBe(7)
  })

  it('keeps its secrets and its identity', async () => {
    const { config, file } = await startPeer()
    const { Identity: before } = await file()
    await config.set('API.Authorizations', { alice: { AuthSecret: 'bearer:planted', AllowedPaths: ['/'] } })
    const shown = await config.show()
    const seen = JSON.stringify([shown, await config.effective(), await config.get('API')])
    expect(seen).not.toContain('planted')
    expect(seen).not.toContain(String(before?.['PrivKey']))
    await config.replace({ ...shown, Strange: { Key: 1 } })
    expect(await file()).toMatchObject({
      Identity: before,
      API: { Authorizations: { alice: { AuthSecret: 'bearer:planted' } } },
      Strange: { Key: 1 }
    })
    for (const key of ['Identity', 'Identity.PrivKey', 'identity.privkey']) {
      await expect(config.get(key)).rejects.toThrow('cannot show or change private key through API')
      await expect(config.set(key, 'x')).rejects.toThrow('cannot show or change private key through API')
    }
    await expect(config.replace({ Identity: { PrivKey: 'other' } })).rejects.toThrow('setting private key with API')
    await expect(config.get('API.Authorizations.alice.AuthSecret')).rejects.toThrow('it is a secret')
  })

  it.each([
    [
      'Swarm.ConnMgr.HighWater',
      'Swarm.ConnMgr.HighWater not found in the file; its default holds: 300. All that holds: `barter config show'
    ],
    ['Swarm.ConnMgr.Highwater', 'Swarm.ConnMgr.Highwater not found. Did you mean Swarm.ConnMgr.HighWater?'],
    ['Swarm..X', 'is no key']
  ])('%s: says what is not there', async (key, message) => {
    const { config } = await startPeer()
    await expect(config.get(key)).rejects.toThrow(message)
  })

  it('keeps a secret out of the log from the moment it is set', async () => {
    const { config, log } = await startPeer()
    const entries = log.sink.tail()
    const next = entries.next()
    await config.set('API.Authorizations.guest', { AuthSecret: 'bearer:planted-secret-0123456789' })
    log.sink.entry('error', 'barter', 'planted-secret-0123456789', {})
    expect((await next).value).toMatchObject({ message: '[secret]' })
    await entries.return(undefined)
  })

  it('is not written when the whole would be wrong', async () => {
    const { config, file } = await startPeer()
    const before = await file()
    await expect(config.set('Swarm.ConnMgr.HighWater', 0)).rejects.toThrow(
      /^refused, and nothing was written: Swarm\.ConnMgr\.HighWater is 0: expected a whole number from 1/u
    )
    await expect(config.set('Barter.Limit', 1)).rejects.toThrow('did you mean Barter.Limits?')
    await expect(config.set('Swarm.ConnMgr.LowWater', 301)).rejects.toThrow('expected 300 or less')
    expect(await file()).toEqual(before)
  })

  it('tells of keys that nothing reads, whatever wrote them', async () => {
    const { config, path, file } = await startPeer()
    const [told] = (await config.set('Swarm.ConMgr.HighWater', 1)).notes
    expect(told).toMatch(
      /^nothing reads `Swarm\.ConMgr` \(did you mean `Swarm\.ConnMgr`\?\); it is kept .* `barter config edit` removes it$/u
    )
    // Of one key that is set, nothing else is told.
    expect(await config.set('Swarm.ConnMgr', { HighWater: 90 })).toMatchObject({ notes: [] })
    expect(await config.set('Barter.Log.Levels.libp2p', 'warn')).toMatchObject({ notes: [] })
    expect(await config.applyProfiles('lowpower', { dryRun: true })).toMatchObject({ notes: [told] })
    expect(await config.applyProfiles('lowpower')).toMatchObject({ notes: [told] })
    expect(await config.reload()).toMatchObject({ notes: [told] })
    const { Swarm: swarm = {}, ...others } = await file()
    const known = Object.fromEntries(Object.entries(swarm).filter(([name]) => name !== 'ConMgr'))
    expect(await config.replace({ ...others, Swarm: known })).toMatchObject({ notes: [] })
    expect(await config.replace({ ...others, Swarm: swarm })).toMatchObject({ notes: [told] })
    await writeFile(path, JSON.stringify({ ...(await file()), Swarm: known }))
    expect(await config.reload()).toMatchObject({ notes: [] })
  })

  it('shows what profiles would change before they do', async () => {
    const { config, file } = await startPeer()
    const before = await file()
    const dry = await config.applyProfiles('lowpower', { dryRun: true })
    expect(dry.changed).toContain('Swarm.ConnMgr.HighWater')
    expect(await file()).toEqual(before)
    const done = await config.applyProfiles('lowpower')
    expect(done.after).toEqual(dry.after)
    expect(done.applied).toContain('Swarm.ConnMgr.HighWater')
    await expect(config.applyProfiles('flatfs')).rejects.toThrow('barter init --profile')
  })
})
