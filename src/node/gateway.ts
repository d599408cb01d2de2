import { rm } from 'node:fs/promises'
import { formatApiAddress, hostPort, isLoopback, isUnix, parseApiAddress, type TcpAddress } from '../api/api-address.ts'
import { assert } from '../errors.ts'
import { GatewayServer } from '../gateway/gateway-server.ts'
import type { GatewayStat } from '../gateway/gateway-stat.ts'
import { NodeHashers } from '../hashing/hashers.ts'
import { libp2pLogger } from '../network/libp2p/libp2p-logger.ts'
import { toBlockstorePort } from '../storage/blockstore-port.ts'
import { StoreWithEmptyBlock } from '../storage/empty-block.ts'
import { listenFailure } from './libp2p/listen.ts'
import { packageVersion } from './package-version.ts'
import type { Peer } from './peer.ts'
import { repoPaths } from './repo/repo-path.ts'
import { writeFileAtomic } from './repo/write-file.ts'

export interface GatewayInit {
  readonly peer: Pick<Peer, 'bitswap' | 'blockstore' | 'libp2p' | 'repo'>
  readonly warn: (message: string) => void
  /** Fetch nothing, whatever the config says. */
  readonly offline: boolean
}

/** The gateway of a daemon. */
export interface Gateway {
  readonly address: TcpAddress
  stat(): GatewayStat
  stop(): Promise<void>
}

/** Starts the gateway at `Addresses.Gateway`, and writes down where it is; undefined when there is to be none. */
export async function startGateway({ peer, warn, offline }: GatewayInit): Promise<Gateway | undefined> {
  const { repo } = peer
  const [first, ...others] = repo?.config.addresses.gateway ?? []
  if (repo === undefined || first === undefined) return undefined
  for (const other of others) warn(`the gateway listens on one address: skipped ${other}`)
  const where = `Addresses.Gateway of ${repo.paths.config}`
  const wanted = parseApiAddress(first)
  assert(!isUnix(wanted), 'the schema lets only addresses of TCP be set for the gateway')
  const fetches = !offline && !(repo.config.gateway.noFetch ?? !isLoopback(wanted))
  const server = createServer(peer, repo.config.gateway, fetches)
  const address = await listen(server, wanted, where)
  if (!isLoopback(address)) warn(openToOthers(address, fetches))
  const file = repoPaths(repo.paths.root).gateway
  await writeFileAtomic(file, `http://${hostPort(address)}`, 0o600)
  return {
    address,
    stat: () => server.stat(),
    stop: async () => {
      try {
        await rm(file, { force: true })
      } finally {
        await server.stop()
      }
    }
  }
}

function createServer(
  { bitswap, blockstore, libp2p }: GatewayInit['peer'],
  options: NonNullable<Peer['repo']>['config']['gateway'],
  fetches: boolean
): GatewayServer {
  return new GatewayServer({
    // As the exchange sees them: the empty block is never missing.
    blocks: new StoreWithEmptyBlock(toBlockstorePort(blockstore), new NodeHashers()),
    serves: (cid) => bitswap.policy.serves(cid),
    fetch: fetches ? (request) => bitswap.createSession(request) : undefined,
    logger: libp2pLogger(libp2p.logger, 'barter:gateway'),
    version: packageVersion(),
    options
  })
}

async function listen(server: GatewayServer, address: TcpAddress, where: string): Promise<TcpAddress> {
  try {
    return await server.start(address)
  } catch (error) {
    throw listenFailure(formatApiAddress(address), address.port, where, error) ?? error
  }
}

function openToOthers(address: TcpAddress, fetches: boolean): string {
  const what = fetches ? 'read the blocks of this peer, and have it fetch others' : 'read the blocks of this peer'
  return `the gateway listens on ${hostPort(address)}, where other machines can ${what}`
}
