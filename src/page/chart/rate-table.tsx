import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { rateText } from '../format/numbers.ts'
import { clockText } from '../format/times.ts'
import { history } from '../state/app-state.ts'
import type { RateSample } from './rate-history.ts'

const STEP_S = 10
const ROWS = 12

/** The chart in figures: for whoever cannot see it, and for whoever wants to copy them. */
export function RateTable(): JSX.Element {
  const isOpen = useSignal(false)
  return (
    <details class="rate-table" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen.value && <Rows />}
    </details>
  )
}

function Rows(): JSX.Element {
  const isNew = history.version.value > 0
  const rows = isNew ? everyTenth(history.samples) : []
  return (
    <table class="plain" aria-label="Rates">
      <thead>
        <tr>
          <th scope="col">Time</th>
          {['In: payload', 'duplicates', 'overhead', 'Out: payload', 'overhead'].map((title, at) => (
            <th key={at} scope="col" class="number">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, flows }) => (
          <tr key={at}>
            <th scope="row">{clockText(at).slice(0, 8)}</th>
            {flows === undefined ? (
              <td colSpan={5} class="quiet">
                nothing heard
              </td>
            ) : (
              [flows.in.payload, flows.in.duplicate, flows.in.overhead, flows.out.payload, flows.out.overhead].map(
                (rate, column) => (
                  <td key={column} class="number">
                    {rateText(rate)}
                  </td>
                )
              )
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The newest first, at times that end in a round number of seconds. */
function everyTenth(samples: readonly RateSample[]): readonly RateSample[] {
  const kept = samples.filter(({ at }) => Math.floor(at / 1000) % STEP_S === 0)
  return kept.slice(-ROWS).reverse()
}
