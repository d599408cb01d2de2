import type { LedgerInfo } from '../service/peer-service.ts'
import { firstArg, json, text, type Route } from '../server/route.ts'

const stat: Route['run'] = async (service) => {
  const info = await service.bitswapStat()
  return json({
    Wantlist: info.wantlist.map((cid) => ({ '/': cid })),
    Peers: info.peers,
    BlocksReceived: info.blocksReceived,
    DataReceived: info.dataReceived,
    DupBlksReceived: info.dupBlocksReceived,
    DupDataReceived: info.dupDataReceived,
    MessagesReceived: info.messagesReceived,
    BlocksSent: info.blocksSent,
    DataSent: info.dataSent
  })
}

const STAT_OPTIONS = [
  { name: 'verbose', also: ['v'], type: 'bool' },
  { name: 'human', type: 'bool' }
] as const

export const BITSWAP_ROUTES: readonly Route[] = [
  { path: 'bitswap/stat', options: STAT_OPTIONS, run: stat },
  { path: 'stats/bitswap', options: STAT_OPTIONS, run: stat },
  {
    path: 'bitswap/wantlist',
    options: [{ name: 'peer', also: ['p'], type: 'string' }],
    run: async (service, call) => {
      const cids = await service.bitswapWantlist(text(call, 'peer'))
      return json({ Keys: cids.map((cid) => ({ '/': cid })) })
    }
  },
  {
    path: 'bitswap/ledger',
    arg: { name: 'peer', min: 1 },
    run: async (service, call) => json(ledgerJson(await service.bitswapLedger(firstArg(call))))
  },
  {
    // Barter's own: Kubo can only show one partner at a time.
    path: 'bitswap/ledgers',
    run: async (service) => json({ Ledgers: (await service.bitswapLedgers()).map(ledgerJson) })
  }
]

function ledgerJson(ledger: LedgerInfo): unknown {
  return {
    Peer: ledger.peer,
    Value: ledger.debtRatio,
    Sent: ledger.bytesSent,
    Recv: ledger.bytesReceived,
    Exchanged: ledger.exchanges
  }
}
