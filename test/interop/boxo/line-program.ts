/** A program that takes calls on stdin and answers on stdout, one JSON object a line; it ends when its stdin does. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** One line of the program: the result of a call, a part of it, or why there is none. */
interface Answer {
  readonly id: number
  readonly ok?: unknown
  readonly part?: unknown
  readonly error?: string
}

interface Waiting {
  readonly resolve: (ok: unknown) => void
  readonly reject: (error: Error) => void
  readonly part: ((part: unknown) => void) | undefined
}

export interface CallOptions {
  /** Tells the program to give up; the call rejects when it did, with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
  readonly part?: ((part: unknown) => void) | undefined
}

/** What is left of the program's complaints, for the message of an error. */
const COMPLAINT_CHARACTERS = 4_000

export class LineProgram {
  readonly #name: string
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  /** The program says this by itself once it has started. */
  readonly #greeting: Promise<unknown>
  readonly #exited: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  #calls = 0
  #complaints = ''
  #end: string | undefined

  constructor(name: string, binary: string, args: readonly string[]) {
    this.#name = name
    this.#child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#greeting = this.#expect(0)
    this.#exited = new Promise((resolve) => this.#child.once('close', () => resolve()))
    this.#child.on('error', (error) => this.#ended(`cannot be run: ${error.message}`))
    this.#child.on('close', (code, signal) => this.#ended(`ended with ${signal ?? `code ${String(code)}`}`))
    // Told by 'close' as well, with the reason.
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-COMPLAINT_CHARACTERS)
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answered(JSON.parse(line) as Answer))
  }

  greeting(): Promise<unknown> {
    return this.#greeting
  }

  async call(call: string, input: object = {}, { signal, part }: CallOptions = {}): Promise<unknown> {
    signal?.throwIfAborted()
    if (this.#end !== undefined) throw new Error(`${this.#name} ${this.#end}`)
    const id = ++this.#calls
    const answer = this.#expect(id, part)
    this.#write({ id, call, ...input })
    const abort = (): void => this.#write({ id: 0, call: 'abort', target: id })
    signal?.addEventListener('abort', abort)
    try {
      return await answer
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Lets the program end by itself, and ends it if it does not. */
  async stop(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000)
    await this.#exited
    clearTimeout(timer)
  }

  #write(line: object): void {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`)
  }

  #expect(id: number, part?: (part: unknown) => void): Promise<unknown> {
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject, part }))
    // A program that ends rejects what it owes; nobody need be listening.
    answer.catch(() => undefined)
    return answer
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    if (answer.part !== undefined) {
      waiting?.part?.(answer.part)
      return
    }
    this.#waiting.delete(answer.id)
    if (answer.error === undefined) waiting?.resolve(answer.ok)
    else waiting?.reject(new Error(`${this.#name}: ${answer.error}`))
  }

  #ended(how: string): void {
    this.#end ??= `${how}${this.#complaints === '' ? '' : `: ${this.#complaints.trim()}`}`
    for (const { reject } of this.#waiting.values()) reject(new Error(`${this.#name} ${this.#end}`))
    this.#waiting.clear()
  }
}
