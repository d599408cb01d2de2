import type { ComponentChildren, JSX } from 'preact'

export interface Fact {
  readonly name: string
  readonly value: ComponentChildren
  readonly about?: string
  readonly tone?: 'bad' | 'warn' | 'good' | 'quiet' | undefined
}

/** Names and values, one below the other. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(({ name, value, about, tone }) => (
        <div key={name} title={about} class={tone}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
