import type { JSX } from 'preact'
import { tell } from '../state/notices.ts'

interface CopyableProps {
  readonly text: string
  /** What is shown of it; all of it if left out. */
  readonly shown?: string
  /** What it is, for the label of the button. */
  readonly what: string
}

/** An id that a press copies. */
export function Copyable({ text, shown = text, what }: CopyableProps): JSX.Element {
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => tell('done', `Copied the ${what}`),
      () => tell('failed', `The browser does not let this page copy: mark the ${what} instead`)
    )
  }
  return (
    <button
      type="button"
      class="copyable mono"
      title={`${text}\nPress to copy`}
      aria-label={`Copy the ${what} ${text}`}
      onClick={copy}
    >
      {shown}
    </button>
  )
}
