import { connect, type Socket } from 'node:net'

/** Bounded: by the rate and the time the attacked peer keeps them. */
const open = new Set<Socket>()
let timers: NodeJS.Timeout[] = []
let made = 0

export const silentSockets = {
  /** From now on, connections that say nothing: so many a second from each of these addresses of this machine. */
  startConnecting: (
    sources: readonly { readonly from: string; readonly perSecond: number; readonly port: number }[]
  ): void => {
    timers = sources.map(({ from, perSecond, port }) =>
      setInterval(() => {
        const socket = connect({ host: '127.0.0.1', port, localAddress: from })
        made++
        open.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => open.delete(socket))
      }, 1_000 / perSecond)
    )
  },
  /** Resolves with the connections that were made, and those that are open still. */
  stopConnecting: (): { readonly made: number; readonly open: number } => {
    for (const timer of timers) clearInterval(timer)
    const result = { made, open: open.size }
    for (const socket of open) socket.destroy()
    return result
  }
}
