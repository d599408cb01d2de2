import type { Cli } from './cli.ts'

/** For what goes on until Ctrl-C: that is its end, and no failure. */
export async function untilStopped(cli: Pick<Cli, 'signal'>, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const reason: unknown = cli.signal.reason
    if (!(reason instanceof DOMException) || reason.name !== 'AbortError') throw error
  }
}
