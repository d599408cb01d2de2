import type { CommandRecord, DiagnosticsService, SystemInfo } from '../../src/api/service/diagnostics-service.ts'

const GIB = 2 ** 30

/** A process that is always well. What begins is written down with its end. */
export class FakeDiagnostics implements DiagnosticsService {
  readonly begun: { command: string; args: readonly string[]; ended: boolean }[] = []
  keptMs = 0

  commands(): readonly CommandRecord[] {
    const common = { id: 0, command: 'block/get', args: ['bafy'], options: { offline: true }, startedAt: 0 }
    return [
      { ...common, endedAt: undefined },
      { ...common, id: 1, endedAt: 1_000 }
    ]
  }

  clearCommands(): void {
    this.begun.length = 0
  }

  keepCommands(forMs: number): void {
    this.keptMs = forMs
  }

  commandBegins({ command, args }: Pick<CommandRecord, 'command' | 'args'>): () => void {
    const record = { command, args, ended: false }
    this.begun.push(record)
    return () => {
      record.ended = true
    }
  }

  system(): SystemInfo {
    return {
      version: '0.1.0',
      runtime: 'nodev26',
      system: 'x64/linux',
      processors: 2,
      uptimeMs: 5,
      memory: { rss: 1, heapUsed: 2, external: 3, total: 4 },
      disk: { path: '/repo', free: GIB, total: 2 * GIB },
      online: true
    }
  }

  check(): Promise<void> {
    return Promise.resolve()
  }
}
