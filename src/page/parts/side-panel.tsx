import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface SidePanelProps {
  readonly title: string
  /** What is shown: the focus goes to the panel when it is another. */
  readonly id: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** All about one row, beside its table. Escape closes it, and the focus goes back to where it came from. */
export function SidePanel({ title, id, onClose, children }: SidePanelProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null)
  const headingId = useId()
  useEffect(() => {
    const before = document.activeElement
    heading.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [id])
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') onClose()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [onClose])
  return (
    <aside class="side-panel" aria-labelledby={headingId}>
      <header class="side-head">
        <h2 id={headingId} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </header>
      <div class="side-body">{children}</div>
    </aside>
  )
}
