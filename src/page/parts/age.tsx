import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { spanText } from '../format/times.ts'
import { live, second } from '../state/app-state.ts'

/** How long ago something was, at the daemon; it grows by itself. */
export function Age({ since }: { readonly since: number | undefined }): JSX.Element {
  const text = useComputed(() => (since === undefined ? '–' : spanText(Math.max(0, live.now(second.value) - since))))
  return <span>{text}</span>
}
