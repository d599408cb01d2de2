import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Fabric } from './fabric.ts'
import type { AnswerLine, Call, Calls } from './peer-calls.ts'

const PEER_PROCESS = fileURLToPath(new URL('peer-process.ts', import.meta.url))
const STOP_MS = 5_000
/** Characters kept of what a peer complained of. */
const MAX_ERRORS = 20_000

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/** A peer process on a host, as the testbed sees it. */
export class PeerHandle {
  readonly host: number
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  /** Bounded: calls that wait for their answer; the testbed makes a few for each round. */
  readonly #pending = new Map<number, Pending>()
  /** What it wrote to its standard error; a sound peer writes nothing. Bounded: MAX_ERRORS. */
  #errors = ''
  #calls = 0
  #isStopping = false
  id = ''

  private constructor(host: number, child: ChildProcess) {
    this.host = host
    this.#child = child
    this.#ended = once(child, 'close').then(() => this.#gone())
    child.stderr?.on('data', (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-MAX_ERRORS)))
    child.stdin?.on('error', () => undefined)
    if (child.stdout === null) throw new Error('the peer process has no output')
    createInterface(child.stdout).on('line', (line) => this.#answered(JSON.parse(line) as AnswerLine))
  }

  static async start(fabric: Fabric, host: number, seed: string): Promise<PeerHandle> {
    const flags = ['--unhandled-rejections=strict', '--trace-warnings', PEER_PROCESS]
    const handle = new PeerHandle(host, fabric.spawn(host, process.execPath, flags))
    const { id, address } = await handle.call('start', { listen: fabric.listenAddress(host), seed: `${seed}/${host}` })
    handle.id = id
    await fabric.listening(host, address)
    return handle
  }

  /** What it complained of since it was last asked, which also tells of a process that died. Nothing, for a sound peer. */
  takeComplaints(): string[] {
    const complaints = this.#errors.trim()
    this.#errors = ''
    return complaints === '' ? [] : [`peer ${this.host} wrote: ${complaints}`]
  }

  call<C extends Call>(call: C, input: Calls[C][0]): Promise<Calls[C][1]> {
    const id = ++this.#calls
    return new Promise((resolve, reject) => {
      if (this.#child.exitCode !== null) throw new Error(`peer ${this.host} is gone: ${this.#errors}`)
      this.#pending.set(id, { resolve, reject })
      this.#child.stdin?.write(`${JSON.stringify({ id, call, input })}\n`)
    })
  }

  /** Ends the process; killed when it does not end by itself. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#child.stdin?.end()
    const killer = setTimeout(() => {
      this.#errors += `peer ${this.host} did not stop within ${STOP_MS} ms\n`
      this.#child.kill('SIGKILL')
    }, STOP_MS)
    await this.#ended
    clearTimeout(killer)
  }

  #gone(): void {
    const { exitCode, signalCode } = this.#child
    if (!this.#isStopping || exitCode !== 0) this.#errors += `peer ${this.host} ended with ${exitCode ?? signalCode}\n`
    for (const { reject } of this.#pending.values()) reject(new Error(`peer ${this.host} is gone: ${this.#errors}`))
    this.#pending.clear()
  }

  #answered(line: AnswerLine): void {
    const pending = this.#pending.get(line.id)
    this.#pending.delete(line.id)
    if ('error' in line) pending?.reject(new Error(`peer ${this.host}: ${line.error}`))
    else pending?.resolve(line.value as never)
  }
}
