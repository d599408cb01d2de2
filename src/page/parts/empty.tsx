import type { ComponentChildren, JSX } from 'preact'

interface EmptyProps {
  readonly title: string
  /** What to try next. */
  readonly children?: ComponentChildren
}

/** What stands where there is nothing to show. */
export function Empty({ title, children }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
    </div>
  )
}
