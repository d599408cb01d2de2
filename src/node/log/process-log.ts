import { resolve } from 'node:path'
import type { LogConfig } from '../config/log-section.ts'
import { LogLevels } from './log-levels.ts'
import { errorOutput, fileOutput, type LogOutput } from './log-output.ts'
import { LogSink } from './log-sink.ts'

/** The log of a program: its sink, and where that leads. Until a config says otherwise, warnings go to standard error. */
export class ProcessLog {
  readonly sink: LogSink
  #output: LogOutput = errorOutput()
  #file = ''

  constructor() {
    this.sink = new LogSink({
      levels: new LogLevels(),
      write: (line) => this.#output.write(line),
      epochMs: () => Date.now()
    })
  }

  /** As a config says. A relative file lies below `root`; `secrets` are shown by no entry. */
  configure({ level, levels, format, file }: LogConfig, root: string, secrets: readonly string[]): void {
    this.sink.hide('config', secrets)
    this.sink.levels.reset(level, levels)
    this.sink.format = format
    if (file === this.#file) return
    this.#file = file
    this.#output = file === '' ? errorOutput() : fileOutput(resolve(root, file))
  }

  /** Begins the file anew, after something else moved it away. */
  reopen(): void {
    this.#output.reopen()
  }

  async close(): Promise<void> {
    await this.#output.close()
  }
}
