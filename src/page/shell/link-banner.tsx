import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { safeText } from '../format/safe-text.ts'
import { link, live, second } from '../state/app-state.ts'
import { connect } from '../state/connect.ts'

/** What stands across the page while the daemon does not answer. What was known stays on the screen. */
export function LinkBanner(): JSX.Element {
  const state = link.value
  return (
    <div class="banner-place" role="alert">
      {state.kind === 'lost' && (
        <div class="banner">
          <strong>Connection lost.</strong>
          <span>
            {live.parts.peer.value === undefined ? '' : 'These figures are old. '}
            {safeText(state.reason, 160)} Is the daemon running?
          </span>
          <Countdown until={state.retryAt} />
          <button type="button" class="button" onClick={connect}>
            Try now
          </button>
        </div>
      )}
    </div>
  )
}

/** Not for a screen reader: a number that changes every second is no news. */
function Countdown({ until }: { readonly until: number }): JSX.Element {
  const text = useComputed(() => {
    const seconds = Math.ceil((until - second.value) / 1000)
    return seconds > 0 ? `next try in ${seconds} s` : 'trying …'
  })
  return <span aria-hidden="true">{text}</span>
}
