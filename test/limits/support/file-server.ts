/** A peer that serves blocks from files, in a process of its own, with the settings of the daemon. */
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { createBitswap } from '../../../src/node/create-bitswap.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { DurableBlockstore } from '../../../src/storage/durable-blockstore.ts'
import { CountingHashers } from '../../support/counting-hashers.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { answerCalls, givenArgument } from './child.ts'

export interface FileServerInit {
  readonly directory: string
  readonly verify: boolean
}

const { directory, verify } = givenArgument() as FileServerInit
const logger = new RecordingLogger()
const hashers = new CountingHashers(await createHashers())
const blockstore = await DurableBlockstore.open(directory, { hashers, verify, logger })
const node = await createLibp2p(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] }))
const bitswap = createBitswap({ libp2p: node, blockstore })
await bitswap.start()

const calls = {
  addresses: (): string[] => node.getMultiaddrs().map(String),
  quarantined: (): number => blockstore.counters().quarantined,
  /** The CIDs of blocks that it complained about. */
  reported: (): unknown[] => logger.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields?.['cid']),
  /** Blocks read from the disk that were hashed. */
  hashed: (): number => hashers.count,
  bytesSent: (): number => bitswap.ledgers().reduce((sum, ledger) => sum + ledger.bytesSent, 0),
  /** Gets blocks that it lacks from whoever is connected; how many it has on the disk then. */
  heal: async (cids: readonly string[]): Promise<number> => {
    let healed = 0
    for await (const { cid } of bitswap.getMany(cids.map((cid) => CID.parse(cid)))) {
      if ((await blockstore.readBlock(cid)) !== undefined) healed++
    }
    return healed
  }
}

export type FileServerCalls = typeof calls

answerCalls(calls)
