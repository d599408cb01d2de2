import type { ComponentChildren, JSX } from 'preact'

interface FigureProps {
  readonly name: string
  readonly value: ComponentChildren
  readonly note?: ComponentChildren
  readonly tone?: 'bad' | 'warn' | undefined
  readonly href?: string
}

/** One number that matters, and what it is; a link where there is more to see. */
export function Figure({ name, value, note, tone, href }: FigureProps): JSX.Element {
  const inner = (
    <>
      <span class="figure-name">{name}</span>
      <span class="figure-value">{value}</span>
      <span class="figure-note">{note ?? ' '}</span>
    </>
  )
  const classes = tone === undefined ? 'figure' : `figure ${tone}`
  return href === undefined ? (
    <div class={classes}>{inner}</div>
  ) : (
    <a class={classes} href={href}>
      {inner}
    </a>
  )
}
