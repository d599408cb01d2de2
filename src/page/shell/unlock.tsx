import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { link, token } from '../state/app-state.ts'
import { connect } from '../state/connect.ts'
import { cleanToken } from '../state/token-link.ts'

/** Asks for the token, and says where to find it. */
export function Unlock(): JSX.Element {
  const pasted = useSignal('')
  const id = useId()
  const state = link.value
  const isWrong = state.kind === 'locked' && state.isWrong
  const submit = (event: Event): void => {
    event.preventDefault()
    const text = cleanToken(pasted.value)
    if (text === '') return
    token.value = text
    connect()
  }
  return (
    <main id="main" class="unlock" tabIndex={-1}>
      <form class="panel unlock-panel" onSubmit={submit}>
        <h1>{isWrong ? 'This token does not fit' : 'This page needs the token of the peer'}</h1>
        <p>
          {isWrong
            ? 'The daemon has another one: it may have been made anew since the link was printed.'
            : 'Whoever has it can command the peer. The page keeps it in memory only, so that a reload asks for it again.'}
        </p>
        <p>
          In a terminal, <code>barter dashboard</code> prints a link that holds it, and{' '}
          <code>barter dashboard --open</code> opens that link. It is also in the file <code>api-token</code> of the
          repo.
        </p>
        <label for={id}>Token, or the whole link</label>
        <div class="unlock-row">
          <input
            id={id}
            class="field mono"
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={pasted.value}
            aria-invalid={isWrong}
            onInput={({ currentTarget }) => (pasted.value = currentTarget.value)}
          />
          <button type="submit" class="button primary">
            Open
          </button>
        </div>
      </form>
    </main>
  )
}
