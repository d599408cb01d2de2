/** Adding files through a running daemon, as a user does it: Barter and Kubo on the same disk, one after the other. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { randomFillSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { buildKubo } from '../../test/interop/kubo/kubo-daemon.ts'
import { kuboEnvironment } from '../../test/interop/kubo/kubo-repo.ts'

const run = promisify(execFile)

const MIB = 1024 * 1024
const SMALL_BYTES = 4 * 1024

export interface AddOptions {
  /** Bytes of the large file, and number of the small ones. */
  readonly fileBytes: number
  readonly files: number
  readonly rounds: number
  /** The file that is the command line of Barter. */
  readonly barter: string
  /** Kubo syncs nothing by default; with this it syncs each block, as Barter does. */
  readonly syncedKubo: boolean
}

/** One program with a repo of its own, and what was measured of it: seconds, round by round. */
export interface AddResult {
  readonly name: string
  readonly file: number[]
  readonly small: number[]
}

interface Contender {
  readonly name: string
  readonly env: NodeJS.ProcessEnv
  readonly command: readonly string[]
  readonly init: readonly string[]
  readonly prepare?: () => Promise<void>
}

/**
 * Each round has content of its own and takes the contenders in turn, so that a slow minute of the machine meets all.
 * Nothing is removed before the end: what was just freed, the file system passes over when it makes new files (ext4), and
 * whoever comes next pays for it.
 */
export async function benchAdd(options: AddOptions): Promise<AddResult[]> {
  const base = mkdtempSync(join(process.env['BARTER_BENCH_DIR'] ?? tmpdir(), 'barter-add-'))
  const running: ChildProcess[] = []
  try {
    const contenders = await contendersIn(base, options)
    for (const contender of contenders) running.push(await startDaemon(contender))
    const results = contenders.map(({ name }) => ({ name, file: [] as number[], small: [] as number[] }))
    for (let round = 0; round < options.rounds; round++) {
      const { file, folder } = makeContent(base, round, options)
      for (const [index, contender] of turned([...contenders.entries()], round)) {
        results[index]?.file.push(await seconds(contender, ['add', '-Q', '--cid-version=1', file]))
        results[index]?.small.push(await seconds(contender, ['add', '-r', '-Q', '--cid-version=1', folder]))
      }
    }
    return results
  } finally {
    for (const daemon of running) {
      daemon.kill('SIGTERM')
      if (daemon.exitCode === null) await once(daemon, 'exit')
    }
    rmSync(base, { recursive: true, force: true })
  }
}

async function contendersIn(base: string, { barter, syncedKubo }: AddOptions): Promise<Contender[]> {
  const kubo = await buildKubo()
  const repo = (name: string): string => join(base, name)
  const plain = { PATH: process.env['PATH'], HOME: base }
  const contenders: Contender[] = [
    {
      name: 'barter',
      env: { ...plain, BARTER_PATH: repo('barter') },
      command: [process.execPath, barter],
      init: ['init', '--profile', 'test']
    },
    {
      name: 'kubo',
      env: kuboEnvironment(repo('kubo')),
      command: [kubo],
      init: ['init', '--profile=test', '--empty-repo']
    }
  ]
  if (syncedKubo) {
    const env = kuboEnvironment(repo('kubo-sync'))
    const sync = async (): Promise<void> => {
      const { stdout } = await run(kubo, ['config', 'Datastore.Spec'], { env })
      const spec = stdout.replace('"sync": false', '"sync": true')
      await run(kubo, ['config', '--json', 'Datastore.Spec', spec], { env })
    }
    contenders.push({
      name: 'kubo, synced',
      env,
      command: [kubo],
      init: ['init', '--profile=test', '--empty-repo'],
      prepare: sync
    })
  }
  for (const { env, command, init, prepare } of contenders) {
    const [program = '', ...before] = command
    mkdirSync(env['BARTER_PATH'] ?? env['IPFS_PATH'] ?? base, { recursive: true })
    await run(program, [...before, ...init], { env })
    await prepare?.()
  }
  return contenders
}

async function startDaemon({ env, command }: Contender): Promise<ChildProcess> {
  const [program = '', ...before] = command
  const daemon = spawn(program, [...before, 'daemon'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(daemon.stdout)) {
    if (line !== 'Daemon is ready') continue
    daemon.stdout.resume()
    return daemon
  }
  throw new Error(`${program} did not start`)
}

async function seconds({ env, command }: Contender, args: readonly string[]): Promise<number> {
  const [program = '', ...before] = command
  const started = performance.now()
  await run(program, [...before, ...args], { env, maxBuffer: 64 * MIB })
  return (performance.now() - started) / 1_000
}

/** Another one begins each time. */
function turned<T>(all: readonly T[], by: number): readonly T[] {
  const first = by % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

/** Random bytes: nothing is alike, and nothing was added before. */
function makeContent(base: string, round: number, { fileBytes, files }: AddOptions): { file: string; folder: string } {
  const piece = Buffer.alloc(MIB)
  const file = join(base, `file-${round}`)
  const handle = openSync(file, 'w')
  for (let written = 0; written < fileBytes; written += piece.length) {
    randomFillSync(piece)
    writeSync(handle, piece, 0, Math.min(piece.length, fileBytes - written))
  }
  closeSync(handle)
  const folder = join(base, `folder-${round}`)
  mkdirSync(folder)
  for (let i = 0; i < files; i++) {
    randomFillSync(piece, 0, SMALL_BYTES)
    writeFileSync(join(folder, `file-${i}`), piece.subarray(0, SMALL_BYTES))
  }
  return { file, folder }
}
