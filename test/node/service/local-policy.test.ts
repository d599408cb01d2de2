import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CID } from 'multiformats/cid'
import type { PolicyRule } from '../../../src/exchange.ts'
import { toPeerId } from '../../../src/ids.ts'
import { createPeer } from '../../../src/node/peer.ts'
import type { PeerInit } from '../../../src/node/peer-init.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { CID_TEXT, PEER_TEXT } from '../../support/fake-service.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const OWN_TEXT = '12D3KooWGjMCwdLrEEA2NMkLfJTCgDjqKnUbLbEx3qFMrnZ6gsbh'

async function start(repo: string, policy?: PeerInit['policy']) {
  const peer = await createPeer({ repo, ...(policy && { policy }), listen: ['/ip4/127.0.0.1/tcp/0'], quiet: true })
  onTestFinished(() => peer.stop())
  return peer
}

describe('the policy of a peer', () => {
  it('is changed while it runs, and kept for the next start', async () => {
    const root = await temporaryDirectory()
    await initRepo(root, { profile: 'test' })
    const first = await start(root)
    await first.service.policy.deny({ cid: CID_TEXT })
    await first.service.policy.deny({ peer: PEER_TEXT })
    await first.service.policy.allow({ peer: PEER_TEXT, cid: CID_TEXT })
    await first.service.policy.remove({ peer: PEER_TEXT })
    await expect(first.service.policy.remove({ peer: PEER_TEXT })).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    await first.stop()
    const written = JSON.parse(await readFile(`${root}/config`, 'utf8')) as { Barter: { Policy: unknown } }
    expect(written.Barter.Policy).toEqual({ Deny: [{ CID: CID_TEXT }], Allow: [{ Peer: PEER_TEXT, CID: CID_TEXT }] })
    const second = await start(root)
    expect(await second.service.policy.rules()).toEqual([
      { effect: 'deny', peer: undefined, cid: CID_TEXT },
      { effect: 'allow', peer: PEER_TEXT, cid: CID_TEXT }
    ])
  })

  it('leaves the rules of the program to the program: no change of the config takes them, and none writes them', async () => {
    const repo = await temporaryDirectory()
    await initRepo(repo, { profile: 'test' })
    const own: readonly PolicyRule[] = [
      { effect: 'deny', peer: toPeerId(OWN_TEXT) },
      { effect: 'allow', cid: CID.parse(CID_TEXT), peer: toPeerId(PEER_TEXT) }
    ]
    const { service } = await start(repo, { rules: own })
    const rules = async (): Promise<unknown> =>
      (await service.policy.rules()).map(({ effect, peer, cid }) => [effect, peer, cid])
    const ofProgram = [
      ['deny', OWN_TEXT, undefined],
      ['allow', PEER_TEXT, CID_TEXT]
    ]
    await Promise.all([service.policy.deny({ cid: CID_TEXT }), service.policy.deny({ peer: PEER_TEXT })])
    const written = JSON.parse(await readFile(`${repo}/config`, 'utf8')) as { Barter: { Policy: unknown } }
    expect(written.Barter.Policy).toEqual({ Deny: [{ CID: CID_TEXT }, { Peer: PEER_TEXT }], Allow: [] })
    await service.config.set('Barter.Policy', { Deny: [{ Peer: PEER_TEXT }], Allow: [{ Peer: OWN_TEXT }] })
    expect(await rules()).toEqual([ofProgram[0], ['deny', PEER_TEXT, undefined], ofProgram[1]])
    await service.config.set('Barter.Policy', {})
    expect(await rules()).toEqual(ofProgram)
  })

  it('refuses what is no rule, no limit and no peer', async () => {
    const { service, libp2p } = await createPeer({ quiet: true }).then((peer) => {
      onTestFinished(() => peer.stop())
      return peer
    })
    const self = libp2p.peerId.toString()
    await expect(service.policy.deny({ peer: self })).rejects.toThrow('this peer itself')
    expect(() => service.policy.ban(self)).toThrow('this peer itself')
    await expect(service.policy.deny({})).rejects.toMatchObject({ code: 'ERR_INVALID_PARAMETERS' })
    await expect(service.policy.deny({ cid: 'bafy' })).rejects.toMatchObject({ code: 'ERR_INVALID_PARAMETERS' })
    await expect(service.policy.deny({ peer: 'bob' })).rejects.toMatchObject({ code: 'ERR_INVALID_PARAMETERS' })
    expect(() => service.policy.limit({ upload: -1 })).toThrow('bytes a second')
    await service.policy.limit({ upload: 1_000, uploadPerPeer: 1_000 })
    await service.policy.limitPeer(PEER_TEXT, { upload: 900, download: 5_000 })
    const before = await service.policy.limits()
    expect(() => service.policy.limit({ uploadPerPeer: 1_001 })).toThrow('upload limit of each peer is above')
    expect(() => service.policy.limit({ download: 4_999 })).toThrow(`download limit of ${PEER_TEXT} is above`)
    expect(() => service.policy.limitPeer(PEER_TEXT, { upload: 1_001 })).toThrow('expected 1000 bytes a second or less')
    expect(await service.policy.limits()).toEqual(before)
    expect(() => service.policy.trust(PEER_TEXT)).toThrow('nothing is known')
    expect(() => service.policy.unban(PEER_TEXT)).toThrow('not banned')
  })

  it.each<[PeerInit, string]>([
    [{ options: { limits: { upload: NaN } } }, 'option limits.upload is NaN: expected a finite number, 0 or more'],
    [
      { options: { limits: { download: 1_000, downloadPerPeer: 2_000 } } },
      'option limits.downloadPerPeer is 2000: expected 1000 or less, which is limits.download'
    ],
    [
      { options: { limits: { uploadPerPeer: 2_000 } }, config: { Barter: { Limits: { Upload: 1_000 } } } },
      'option limits.uploadPerPeer is 2000: expected 1000 or less, which is limits.upload'
    ],
    [
      {
        options: { limits: { upload: 1_000 } },
        config: { Barter: { Limits: { Peers: [{ Peer: PEER_TEXT, Upload: 2_000 }] } } }
      },
      `the upload limit of ${PEER_TEXT} is above that of all together: expected 1000 bytes a second or less`
    ]
  ])(
    'does not start with limits of the program that are none, or that contradict others: %j',
    async (init, message) => {
      await expect(createPeer({ ...init, quiet: true })).rejects.toMatchObject({
        code: 'ERR_INVALID_PARAMETERS',
        message
      })
    }
  )

  it('shows whom it banned, and lets them back', async () => {
    const root = await temporaryDirectory()
    await initRepo(root, { profile: 'test' })
    const first = await start(root)
    expect(await first.service.policy.ban(PEER_TEXT, { forMs: 60_000, reason: 'we fell out' })).toMatchObject({
      peer: PEER_TEXT,
      banned: { reason: 'we fell out' }
    })
    await first.stop()
    const second = await start(root)
    expect(await second.service.policy.trust()).toMatchObject([{ peer: PEER_TEXT, banned: { reason: 'we fell out' } }])
    expect(await second.service.policy.unban(PEER_TEXT)).toMatchObject({ banned: undefined })
  })
})
