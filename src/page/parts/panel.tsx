import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'

interface PanelProps {
  readonly title: string
  /** Beside the title: figures, or controls. */
  readonly aside?: ComponentChildren
  readonly name?: string
  readonly children?: ComponentChildren
}

/** A part of a view, with a heading that names it. */
export function Panel({ title, aside, name = '', children }: PanelProps): JSX.Element {
  const id = useId()
  return (
    <section class={`panel ${name}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  )
}
