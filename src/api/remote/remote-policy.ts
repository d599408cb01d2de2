import type { PeerRates, RateLimits } from '../../exchange.ts'
import type {
  BanOptions,
  LimitsInfo,
  PolicyService,
  RuleInfo,
  RuleTexts,
  TrustInfo
} from '../service/policy-service.ts'
import { fields, list, number, optional, text, type Fields } from './wire.ts'

type Query = Readonly<Record<string, string | number | undefined>>

/** Rules, limits and trust of a peer in another process. `ask` calls one of its commands. */
export class RemotePolicy implements PolicyService {
  readonly #ask: (command: string, query: Query) => Promise<Fields>

  constructor(ask: (command: string, query: Query) => Promise<Fields>) {
    this.#ask = ask
  }

  async rules(): Promise<readonly RuleInfo[]> {
    return toRules(await this.#ask('bitswap/policy', {}))
  }

  async allow({ peer, cid }: RuleTexts): Promise<readonly RuleInfo[]> {
    return toRules(await this.#ask('bitswap/policy/allow', { peer, cid }))
  }

  async deny({ peer, cid }: RuleTexts): Promise<readonly RuleInfo[]> {
    return toRules(await this.#ask('bitswap/policy/deny', { peer, cid }))
  }

  async remove({ peer, cid }: RuleTexts): Promise<readonly RuleInfo[]> {
    return toRules(await this.#ask('bitswap/policy/rm', { peer, cid }))
  }

  async limits(): Promise<LimitsInfo> {
    return await this.limit({})
  }

  async limit({ upload, download, uploadPerPeer, downloadPerPeer }: Partial<RateLimits>): Promise<LimitsInfo> {
    const query = { upload, download, 'upload-per-peer': uploadPerPeer, 'download-per-peer': downloadPerPeer }
    return toLimits(await this.#ask('bitswap/limits', query))
  }

  async limitPeer(peer: string, { upload, download }: PeerRates): Promise<LimitsInfo> {
    const reset = upload === undefined && download === undefined ? 'true' : undefined
    return toLimits(await this.#ask('bitswap/limits', { peer, upload, download, reset }))
  }

  async trust(peer?: string): Promise<readonly TrustInfo[]> {
    const answer = await this.#ask('bitswap/trust', { arg: peer })
    return list(answer, 'Peers').map((value) => toTrust(fields(value, 'Peers')))
  }

  async ban(peer: string, { forMs, reason }: BanOptions = {}): Promise<TrustInfo> {
    const query = { arg: peer, for: forMs === undefined ? undefined : `${forMs}ms`, reason }
    return toTrust(await this.#ask('bitswap/ban', query))
  }

  async unban(peer: string): Promise<TrustInfo> {
    return toTrust(await this.#ask('bitswap/unban', { arg: peer }))
  }
}

function toRules(answer: Fields): readonly RuleInfo[] {
  return list(answer, 'Rules').map((value) => {
    const rule = fields(value, 'Rules')
    return {
      effect: text(rule, 'Effect') === 'allow' ? 'allow' : 'deny',
      peer: optional(rule, 'Peer', text),
      cid: optional(rule, 'CID', text)
    }
  })
}

function toLimits(answer: Fields): LimitsInfo {
  return {
    upload: number(answer, 'Upload'),
    download: number(answer, 'Download'),
    uploadPerPeer: number(answer, 'UploadPerPeer'),
    downloadPerPeer: number(answer, 'DownloadPerPeer'),
    peers: list(answer, 'Peers').map((value) => {
      const peer = fields(value, 'Peers')
      return {
        peer: text(peer, 'Peer'),
        upload: optional(peer, 'Upload', number),
        download: optional(peer, 'Download', number)
      }
    })
  }
}

function toTrust(answer: Fields): TrustInfo {
  return {
    peer: text(answer, 'Peer'),
    score: number(answer, 'Score'),
    delivered: number(answer, 'Delivered'),
    brokenPromises: number(answer, 'BrokenPromises'),
    mismatches: number(answer, 'Mismatches'),
    latencyMs: optional(answer, 'LatencyMs', number),
    bytesPerSecond: optional(answer, 'BytesPerSecond', number),
    bytesSent: number(answer, 'Sent'),
    bytesReceived: number(answer, 'Recv'),
    debtRatio: number(answer, 'DebtRatio'),
    worth: number(answer, 'Worth'),
    strikes: number(answer, 'Strikes'),
    banned: optional(answer, 'Banned', (from, name) => {
      const ban = fields(from[name], name)
      return { reason: text(ban, 'Reason'), leftMs: number(ban, 'LeftMs') }
    })
  }
}
