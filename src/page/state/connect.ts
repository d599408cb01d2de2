import { followFeed } from '../feed/follow-feed.ts'
import { history, link, live, second, token } from './app-state.ts'

let running: AbortController | undefined

/** Starts to follow the daemon, with the token that is known now; again, when it has changed. */
export function connect(): void {
  running?.abort()
  const controller = new AbortController()
  running = controller
  link.value = { kind: 'connecting' }
  void followFeed({
    token: token.value,
    signal: controller.signal,
    onEvent: (event) => live.take(event, Date.now()),
    onLive: () => {
      if (link.value.kind !== 'live') link.value = { kind: 'live' }
    },
    onLost: (reason, retryInMs) => {
      link.value = { kind: 'lost', reason, retryAt: Date.now() + retryInMs }
    },
    onLocked: () => {
      link.value = { kind: 'locked', isWrong: token.value !== '' }
    }
  })
}

/** Once a second: a sample for the chart, and ages that grow. */
export function startClock(): void {
  const tick = (): void => {
    const now = Date.now()
    const traffic = live.latestTraffic
    const isHeld = live.isHeld.value
    if (link.value.kind === 'live' && traffic !== undefined) {
      history.push({ at: now, flows: { in: traffic.in, out: traffic.out } }, isHeld)
    } else if (history.samples.length > 0) history.push({ at: now }, isHeld)
    if (!isHeld) second.value = now
  }
  setInterval(tick, 1000)
}
