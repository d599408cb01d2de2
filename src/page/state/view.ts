import { signal } from '@preact/signals'
import { token } from './app-state.ts'
import { connect } from './connect.ts'
import { readLink } from './token-link.ts'
import { VIEWS, type ViewName } from './view-names.ts'

export const view = signal<ViewName>('overview')

/** Where a code is changed for the token. */
const TOKEN_PATH = '/api/barter/dashboard/token'

/**
 * Goes where the address says. A token in it is taken into memory, and out of the address: it would stay in the history of
 * the browser, and on the screen. Returns whether it connects with what was there.
 */
export function openLink(): boolean {
  const link = readLink(location.hash)
  if (link.token === undefined && link.code === undefined) {
    view.value = VIEWS.find(({ name }) => name === link.view)?.name ?? 'overview'
    return false
  }
  window.history.replaceState(null, '', `${location.pathname}#/${view.value}`)
  if (link.token !== undefined) unlock(link.token)
  else if (link.code !== undefined) void redeem(link.code)
  return true
}

function unlock(secret: string): void {
  token.value = secret
  connect()
}

async function redeem(code: string): Promise<void> {
  const response = await fetch(`${TOKEN_PATH}?code=${encodeURIComponent(code)}`, { cache: 'no-store' })
  const answer: unknown = response.ok ? await response.json() : undefined
  const isToken = typeof answer === 'object' && answer !== null && 'token' in answer
  unlock(isToken ? String(answer.token) : '')
}
