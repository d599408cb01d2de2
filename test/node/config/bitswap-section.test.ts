import { peerIdFromString } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { debtRatio } from '../../../src/engine/strategies/debt-ratio.ts'
import { parseConfig } from '../../../src/node/config/config.ts'
import { writePolicy } from '../../../src/node/config/policy-section.ts'
import { DEFAULT_OPTIONS, resolveOptions } from '../../../src/options.ts'

const PEER = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'
const CID_TEXT = 'bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q'
const IDENTITY = { PeerID: PEER, PrivKey: 'CAES' }

function read(config: Record<string, unknown>) {
  return parseConfig(JSON.stringify({ Identity: IDENTITY, ...config }), '/repo/config').bitswap
}

describe('the config of bitswap', () => {
  it('that says nothing changes nothing', () => {
    expect(resolveOptions(read({}).options)).toEqual(DEFAULT_OPTIONS)
    expect(read({}).rules).toEqual([])
  })

  it('names the strategy, with parameters; `debt-ratio` when it does not', () => {
    for (const Strategy of [undefined, null, '']) expect(read({ Bitswap: { Strategy } }).strategy).toBe(debtRatio)
    expect(read({ Bitswap: { Strategy: 'round-robin' } }).strategy.name).toBe('round-robin')
    expect(read({ Bitswap: { Strategy: 'debt-ratio:floor=0.5' } }).strategy.name).toBe('debt-ratio:floor=0.5')
  })

  it.each([
    [
      'selfish',
      'Bitswap.Strategy is "selfish": expected a strategy (unknown strategy selfish: expected one of debt-ratio,'
    ],
    ['debt-ratio:floor=2', 'floor is 2: expected a number of weight, from 0 to 1'],
    [true, 'Bitswap.Strategy is true: expected a text']
  ])('refuses the strategy %s, by name', (Strategy, message) => {
    expect(() => read({ Bitswap: { Strategy } })).toThrow(message)
  })

  it('is that of Kubo', () => {
    const BroadcastControl = {
      Enable: false,
      MaxPeers: 5,
      LocalPeers: true,
      PeeredPeers: true,
      MaxRandomPeers: 2,
      SendToPendingPeers: true
    }
    const Bitswap = {
      ProviderSearchDelay: '3s',
      ProviderSearchMaxResults: 4,
      WantHaveReplaceSize: 0,
      MaxOutstandingBytesPerPeer: 65_536,
      BroadcastControl
    }
    const { options } = read({ Bitswap: { ServerEnabled: false }, Internal: { Bitswap } })
    expect(resolveOptions(options)).toMatchObject({
      engine: { enabled: false, replaceHaveBytes: 0, maxInFlightBytesPerPartner: 65_536 },
      session: { providerSearchDelayMs: 3_000, maxProvidersPerSearch: 4 },
      broadcast: {
        enabled: false,
        maxPeers: 5,
        localPeers: true,
        peeredPeers: true,
        maxRandomPeers: 2,
        sendToPendingPeers: true
      }
    })
  })

  it('has limits as people write them', () => {
    const Limits = { Upload: '10MB', Download: '1.5 MiB', UploadPerPeer: 4_096, DownloadPerPeer: null }
    expect(read({ Barter: { Limits } }).options.limits).toEqual({
      upload: 10_000_000,
      download: 1_572_864,
      uploadPerPeer: 4_096,
      downloadPerPeer: 0
    })
  })

  it('has limits of single peers', () => {
    const Limits = {
      Peers: [
        { Peer: PEER, Upload: '1MB' },
        { Peer: peerIdFromString(PEER).toCID().toString(), Download: 0 }
      ]
    }
    expect(read({ Barter: { Limits } }).peerLimits).toEqual([
      { peer: PEER, upload: 1_000_000, download: undefined },
      { peer: PEER, upload: undefined, download: 0 }
    ])
    expect(() => read({ Barter: { Limits: { Peers: [{ Peer: PEER, UploadPerPeer: 1 }] } } })).toThrow(
      'did you mean Barter.Limits.Peers[0].Upload?'
    )
  })

  it('has rules, which survive being written', () => {
    const Policy = {
      Deny: [{ Peer: PEER }, { CID: CID_TEXT }, { Peer: PEER, CID: CID_TEXT }],
      Allow: [{ CID: CID_TEXT }]
    }
    const { rules } = read({ Barter: { Policy } })
    expect(rules.map(({ effect, peer, cid }) => [effect, peer, cid?.toString()])).toEqual([
      ['deny', PEER, undefined],
      ['deny', undefined, CID_TEXT],
      ['deny', PEER, CID_TEXT],
      ['allow', undefined, CID_TEXT]
    ])
    expect(writePolicy({ Barter: { Blocks: 'fs:/data' }, Other: 1 }, rules)).toEqual({
      Barter: { Blocks: 'fs:/data', Policy },
      Other: 1
    })
  })

  it.each([
    ['a limit that is none', { Limits: { Upload: 'fast' } }, 'Barter.Limits.Upload is "fast": expected a size'],
    ['a negative limit', { Limits: { Download: -1 } }, 'Barter.Limits.Download is -1: expected a size'],
    ['a rule on nothing', { Policy: { Deny: [{}] } }, 'Barter.Policy.Deny[0].Peer is missing: expected a peer id'],
    ['a peer that is none', { Policy: { Deny: [{ Peer: 'bob' }] } }, 'Barter.Policy.Deny[0].Peer is "bob"'],
    ['a CID that is none', { Policy: { Allow: [{ CID: 'bafy' }] } }, 'Barter.Policy.Allow[0].CID is "bafy"'],
    ['rules that are no list', { Policy: { Deny: 'all' } }, 'Barter.Policy.Deny is "all": expected a list']
  ])('is refused with %s', (_what, Barter, message) => {
    expect(() => read({ Barter })).toThrow(message)
  })
})
