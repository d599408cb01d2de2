/** Barter's own commands: Kubo has no rules on who gets what, no limits of pace, and no memory of who keeps its word. */
import { readDuration } from '../formats/duration.ts'
import { LIMIT_OPTIONS, runLimits } from '../formats/limit-options.ts'
import type { LimitsInfo, RuleInfo, RuleTexts, TrustInfo } from '../service/policy-service.ts'
import { firstArg, flag, json, text, type Call, type Route } from '../server/route.ts'

const TARGET = [
  { name: 'peer', also: ['p'], type: 'string' },
  { name: 'cid', also: ['c'], type: 'string' }
] as const

export const POLICY_ROUTES: readonly Route[] = [
  { path: 'bitswap/policy', run: async ({ policy }) => rulesJson(await policy.rules()) },
  {
    path: 'bitswap/policy/allow',
    options: TARGET,
    run: async ({ policy }, call) => rulesJson(await policy.allow(targetOf(call)))
  },
  {
    path: 'bitswap/policy/deny',
    options: TARGET,
    run: async ({ policy }, call) => rulesJson(await policy.deny(targetOf(call)))
  },
  {
    path: 'bitswap/policy/rm',
    options: TARGET,
    run: async ({ policy }, call) => rulesJson(await policy.remove(targetOf(call)))
  },
  {
    path: 'bitswap/limits',
    options: [
      ...['peer', ...Object.keys(LIMIT_OPTIONS)].map((name) => ({ name, type: 'string' as const })),
      { name: 'reset', type: 'bool' }
    ],
    run: async ({ policy }, call) =>
      limitsJson(await runLimits(policy, (option) => text(call, option), flag(call, 'reset')))
  },
  {
    path: 'bitswap/trust',
    arg: { name: 'peer', min: 0 },
    run: async ({ policy }, call) => json({ Peers: (await policy.trust(call.args[0])).map(trustJson) })
  },
  {
    path: 'bitswap/ban',
    arg: { name: 'peer', min: 1 },
    options: [
      { name: 'for', type: 'string' },
      { name: 'reason', type: 'string' }
    ],
    run: async ({ policy }, call) => {
      const options = { forMs: durationOf(call), reason: text(call, 'reason') }
      return json(trustJson(await policy.ban(firstArg(call), options)))
    }
  },
  {
    path: 'bitswap/unban',
    arg: { name: 'peer', min: 1 },
    run: async ({ policy }, call) => json(trustJson(await policy.unban(firstArg(call))))
  }
]

function targetOf(call: Call): RuleTexts {
  return { peer: text(call, 'peer'), cid: text(call, 'cid') }
}

function durationOf(call: Call): number | undefined {
  const given = text(call, 'for')
  return given === undefined ? undefined : readDuration(given)
}

function rulesJson(rules: readonly RuleInfo[]) {
  return json({
    Rules: rules.map(({ effect, peer, cid }) => ({
      Effect: effect,
      ...(peer && { Peer: peer }),
      ...(cid && { CID: cid })
    }))
  })
}

function limitsJson(limits: LimitsInfo) {
  return json({
    Upload: limits.upload,
    Download: limits.download,
    UploadPerPeer: limits.uploadPerPeer,
    DownloadPerPeer: limits.downloadPerPeer,
    Peers: limits.peers.map(({ peer, upload, download }) => ({
      Peer: peer,
      Upload: upload ?? null,
      Download: download ?? null
    }))
  })
}

function trustJson(info: TrustInfo): unknown {
  return {
    Peer: info.peer,
    Score: info.score,
    Delivered: info.delivered,
    BrokenPromises: info.brokenPromises,
    Mismatches: info.mismatches,
    LatencyMs: info.latencyMs ?? null,
    BytesPerSecond: info.bytesPerSecond ?? null,
    Sent: info.bytesSent,
    Recv: info.bytesReceived,
    DebtRatio: info.debtRatio,
    Worth: info.worth,
    Strikes: info.strikes,
    Banned: info.banned === undefined ? null : { Reason: info.banned.reason, LeftMs: info.banned.leftMs }
  }
}
