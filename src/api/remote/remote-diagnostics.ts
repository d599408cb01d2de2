import type { CommandRecord, DiagnosticsService, SystemInfo } from '../service/diagnostics-service.ts'
import type { RemoteCalls } from './remote-routing.ts'
import * as wire from './wire.ts'

type Signal = { readonly signal?: AbortSignal | undefined }

/** The process of a peer that is another one. */
export class RemoteDiagnostics implements DiagnosticsService {
  readonly #calls: RemoteCalls

  constructor(calls: RemoteCalls) {
    this.#calls = calls
  }

  async commands(): Promise<readonly CommandRecord[]> {
    const answer = { Commands: await this.#calls.value('diag/cmds', { verbose: true }) }
    return wire.list(answer, 'Commands').map((value) => {
      const record = wire.fields(value, 'Commands')
      return {
        id: wire.number(record, 'ID'),
        command: wire.text(record, 'Command'),
        args: wire.texts(record, 'Args'),
        options: wire.fields(record.Options, 'Options'),
        startedAt: Date.parse(wire.text(record, 'StartTime')),
        endedAt: record.Active === true ? undefined : Date.parse(wire.text(record, 'EndTime'))
      }
    })
  }

  async clearCommands(): Promise<void> {
    await this.#calls.text('diag/cmds/clear', {})
  }

  async keepCommands(forMs: number): Promise<void> {
    await this.#calls.text('diag/cmds/set-time', { arg: `${forMs}ms` })
  }

  /** The other process writes down what it is asked itself. */
  commandBegins(): () => void {
    return () => undefined
  }

  async system(): Promise<SystemInfo> {
    const answer = wire.fields(await this.#calls.value('diag/sys', {}), 'the answer')
    const [disk, memory, runtime] = ['diskinfo', 'memory', 'runtime'].map((name) => wire.fields(answer[name], name))
    if (disk === undefined || memory === undefined || runtime === undefined)
      throw new TypeError('three parts were read')
    return {
      version: wire.text(answer, 'ipfs_version'),
      runtime: wire.text(runtime, 'version'),
      system: `${wire.text(runtime, 'arch')}/${wire.text(runtime, 'os')}`,
      processors: wire.number(runtime, 'numcpu'),
      uptimeMs: wire.number(runtime, 'uptimeMs'),
      memory: {
        rss: wire.number(memory, 'rss'),
        heapUsed: wire.number(memory, 'heap'),
        external: wire.number(memory, 'external'),
        total: wire.number(memory, 'virt')
      },
      disk: {
        path: wire.text(disk, 'path'),
        free: wire.number(disk, 'free_space'),
        total: wire.number(disk, 'total_space')
      },
      online: wire.fields(answer.net, 'net').online === true
    }
  }

  async check(options: Signal = {}): Promise<void> {
    await this.#calls.value('diag/healthy', {}, options)
  }
}
