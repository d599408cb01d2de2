/** A running Kubo: a process with a repo of its own, driven through its HTTP RPC. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildGo } from '../build-go.ts'
import { initKuboRepo, kuboEnvironment, type KuboRepoInit } from './kubo-repo.ts'
import { KuboRpc } from './kubo-rpc.ts'

/** Cold, on a busy machine, a start takes seconds. */
const START_MS = 60_000
const STOP_MS = 5_000

/**
 * Owns a repo, runs a daemon on it when it is told to, and ends both when its input ends. That happens at the latest when
 * the process of the tests is gone, however it ended: no daemon and no repo outlives it.
 */
const GUARD = `if read -r go; then
  "$1" daemon </dev/null &
  exec >&- 2>&-
  cat >/dev/null
  kill -9 "$!" 2>/dev/null
  wait
fi
rm -rf "$IPFS_PATH"`

/** The binary, built unless it was before. */
export async function buildKubo(): Promise<string> {
  return await buildGo({ name: 'ipfs', moduleDir: import.meta.dirname, target: 'github.com/ipfs/kubo/cmd/ipfs' })
}

export class KuboDaemon {
  readonly rpc: KuboRpc
  /** Its repo, which is `IPFS_PATH` for commands of its own. */
  readonly repo: string
  /** The binary that runs. */
  readonly binary: string
  /** What it said while it started. */
  readonly output: string
  readonly #guard: ChildProcess
  #stopping: Promise<void> | undefined

  private constructor(binary: string, repo: string, guard: ChildProcess, output: string, rpc: KuboRpc) {
    this.binary = binary
    this.repo = repo
    this.#guard = guard
    this.output = output
    this.rpc = rpc
  }

  static async start(init: KuboRepoInit = {}): Promise<KuboDaemon> {
    const binary = await buildKubo()
    const repo = mkdtempSync(join(tmpdir(), 'barter-kubo-'))
    const guard = spawn('sh', ['-c', GUARD, 'guard', binary], { env: kuboEnvironment(repo), detached: true })
    try {
      await initKuboRepo(binary, repo, init)
      const isReady = ready(guard)
      guard.stdin.write('go\n')
      const output = await isReady
      const rpc = new KuboRpc(httpAddress(await readFile(join(repo, 'api'), 'utf8')))
      return new KuboDaemon(binary, repo, guard, output, rpc)
    } catch (error) {
      await end(guard)
      throw error
    }
  }

  /** Asks it to leave, and ends it when it does not. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    await this.#stopping
  }

  async #stop(): Promise<void> {
    const left = once(this.#guard.stdout ?? this.#guard, 'close', { signal: AbortSignal.timeout(STOP_MS) })
    // A daemon that is gone, or does not answer, is ended by its guard.
    await Promise.allSettled([this.rpc.text('shutdown', { signal: AbortSignal.timeout(STOP_MS) }), left])
    await end(this.#guard)
  }
}

/** Resolves with what the daemon said until it was ready; rejects with it when it ends before. */
async function ready(guard: ChildProcess): Promise<string> {
  const { stdout, stderr } = guard
  if (stdout === null || stderr === null) throw new Error('Kubo has no output')
  const said: string[] = []
  stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const output = createInterface(stdout)
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => reject(new Error(`Kubo was not ready in time: ${said.join('')}`)), START_MS)
  output.on('line', (line) => {
    said.push(`${line}\n`)
    if (line === 'Daemon is ready') resolve(undefined)
  })
  output.once('close', () => reject(new Error(`Kubo did not start: ${said.join('')}`)))
  guard.once('error', reject)
  try {
    await promise
    return said.join('')
  } finally {
    clearTimeout(timer)
  }
}

async function end(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return
  const ended = once(guard, 'exit')
  guard.stdin?.end()
  await ended
}

/** `/ip4/127.0.0.1/tcp/5001` as a URL. */
function httpAddress(multiaddr: string): string {
  const [, , host = '', , port = ''] = multiaddr.trim().split('/')
  return `http://${host}:${port}`
}
