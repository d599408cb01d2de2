import type { JSX } from 'preact'
import { safeText } from '../format/safe-text.ts'
import { dismiss, notices } from '../state/notices.ts'

/** What came of the last actions. It is read out when the reader has time for it. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <div key={id} class={`notice ${kind}`}>
          <span>{safeText(text)}</span>
          <button type="button" class="notice-close" aria-label="Dismiss" onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
