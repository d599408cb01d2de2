/** The command line of Kubo, the program `ipfs`, as a user types it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buildKubo } from './kubo-daemon.ts'
import { kuboEnvironment } from './kubo-repo.ts'

export interface IpfsResult {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface IpfsOptions {
  /** `IPFS_PATH`: the repo whose daemon is spoken to, unless `--api` names another. */
  readonly repo: string
  readonly input?: Uint8Array
}

/** Runs `ipfs` to its end. */
export async function ipfs(args: readonly string[], { repo, input }: IpfsOptions): Promise<IpfsResult> {
  const child = spawn(await buildKubo(), args, { env: kuboEnvironment(repo), timeout: 30_000, killSignal: 'SIGKILL' })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A program that ends without reading its input says more by its code than the broken pipe does.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }
}
