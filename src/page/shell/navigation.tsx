import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { countText } from '../format/numbers.ts'
import { live } from '../state/app-state.ts'
import { stuckCount } from '../state/derived.ts'
import { VIEWS, type ViewName } from '../state/view-names.ts'
import { view } from '../state/view.ts'

/** The views; with figures that tell whether one of them is worth a look. */
export function Navigation(): JSX.Element {
  return (
    <nav class="navigation" aria-label="Views">
      <ul>
        {VIEWS.map(({ name, title }) => (
          <li key={name}>
            <a href={`#/${name}`} aria-current={view.value === name ? 'page' : undefined}>
              {title}
              <Badge name={name} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Badge({ name }: { readonly name: ViewName }): JSX.Element | null {
  const count = useComputed(() => {
    if (name === 'wants') return live.wants.shown.value.total
    if (name === 'partners') return live.parts.peer.value?.partners
    return undefined
  })
  const stuck = useComputed(() => (name === 'wants' ? stuckCount.value : 0))
  if (count.value === undefined || count.value === 0) return null
  return (
    <span class="badges">
      {stuck.value > 0 && (
        <span class="badge bad" title="Stuck wants">
          {countText(stuck.value)}
          <span class="unseen"> stuck,</span>
        </span>
      )}
      <span class="badge" title={`${countText(count.value)} ${name}`}>
        {countText(count.value)}
        <span class="unseen"> in all</span>
      </span>
    </span>
  )
}
