/** A Kubo repo of its own for one peer: loopback only, silent towards everybody but those it is told to meet. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EncryptionName, KeyTypeName, TransportName } from '../foreign-peer.ts'

const run = promisify(execFile)

export interface KuboRepoInit {
  readonly keyType?: KeyTypeName
  /** What secures its connections; both when left out. */
  readonly encryption?: EncryptionName
  readonly transport?: TransportName
  /** `dht` makes it a server of the DHT of this machine; without it content moves between connected peers only. */
  readonly routing?: 'none' | 'dht'
  /** The text of a `swarm.key`: only peers that have it, too, can be met. */
  readonly swarmKey?: string
  /** More of the config, on top of all else. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** Environment of every Kubo process: nothing is reported to anybody, and no log is written but errors. */
export function kuboEnvironment(repo: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: repo, IPFS_PATH: repo, IPFS_TELEMETRY: 'off', GOLOG_LOG_LEVEL: 'error' }
}

/** Makes a repo in an empty directory. The `test` profile keeps Kubo off the internet; the rest is set on top of it. */
export async function initKuboRepo(binary: string, repo: string, init: KuboRepoInit = {}): Promise<void> {
  const identity = init.keyType === 'rsa' ? ['--algorithm=rsa', '--bits=2048'] : ['--algorithm=ed25519']
  await run(binary, ['init', '--profile=test', '--empty-repo', ...identity], { env: kuboEnvironment(repo) })
  const path = join(repo, 'config')
  // What does not outlive the test need not reach the disk.
  const unsynced = (await readFile(path, 'utf8')).replaceAll('"sync": true', '"sync": false')
  const config: unknown = JSON.parse(unsynced)
  await writeFile(path, JSON.stringify(merge(merge(config, settings(init)), init.config ?? {}), null, 2))
  if (init.swarmKey !== undefined) await writeFile(join(repo, 'swarm.key'), init.swarmKey)
}

function settings({ encryption, transport = 'tcp', routing = 'none' }: KuboRepoInit): Record<string, unknown> {
  const websockets = transport === 'ws'
  const off = { QUIC: false, WebTransport: false, WebRTCDirect: false, Relay: false }
  return {
    Addresses: { Swarm: [`/ip4/127.0.0.1/tcp/0${websockets ? '/ws' : ''}`] },
    Routing: { Type: routing, LoopbackAddressesOnLanDHT: true },
    Provide: { Enabled: routing === 'dht' },
    HTTPRetrieval: { Enabled: false },
    Plugins: { Plugins: { telemetry: { Disabled: true } } },
    Swarm: {
      RelayClient: { Enabled: false },
      EnableHolePunching: false,
      Transports: {
        Network: { ...off, TCP: !websockets, Websocket: websockets },
        Security: { ...(encryption === 'tls' && { Noise: false }), ...(encryption === 'noise' && { TLS: false }) }
      }
    }
  }
}

/** Objects are merged, all else is replaced. */
function merge(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change
  const merged = { ...base }
  for (const [key, value] of Object.entries(change)) merged[key] = merge(base[key], value)
  return merged
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
