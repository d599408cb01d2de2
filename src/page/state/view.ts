import { signal } from '@preact/signals'
import { token } from './app-state.ts'
import { connect } from './connect.ts'
import { readLink } from './token-link.ts'

/** The views, in the order of the navigation. */
export const VIEWS = [
  { name: 'overview', title: 'Overview' },
  { name: 'wants', title: 'Wants' },
  { name: 'partners', title: 'Partners' },
  { name: 'serving', title: 'Serving' },
  { name: 'store', title: 'Store' },
  { name: 'files', title: 'Files' },
  { name: 'log', title: 'Log' },
  { name: 'reports', title: 'Laboratory' }
] as const

export type ViewName = (typeof VIEWS)[number]['name']

export const view = signal<ViewName>('overview')

let isOpen = false

/**
 * Goes where the address says. A token in it is taken into memory, and out of the address: it would stay in the history of
 * the browser, and on the screen.
 */
export function openLink(): void {
  const link = readLink(location.hash)
  if (link.token !== undefined) {
    token.value = link.token
    window.history.replaceState(null, '', `${location.pathname}#/${view.value}`)
    if (isOpen) connect()
  } else {
    view.value = VIEWS.find(({ name }) => name === link.view)?.name ?? 'overview'
  }
  isOpen = true
}
