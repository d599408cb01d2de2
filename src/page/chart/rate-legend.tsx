import { useComputed, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { rateText } from '../format/numbers.ts'
import { clockText } from '../format/times.ts'
import type { Flow } from '../insight.ts'
import { history } from '../state/app-state.ts'
import type { RateSample } from './rate-history.ts'

const NONE: Flow = { payload: 0, duplicate: 0, overhead: 0 }

/** The figures of the moment that is pointed at; else of now. */
export function RateLegend({ pointed }: { readonly pointed: ReadonlySignal<RateSample | undefined> }): JSX.Element {
  const sample = useComputed(() => {
    const isNew = history.version.value > 0
    return pointed.value ?? (isNew ? history.samples.at(-1) : undefined)
  })
  const flows = sample.value?.flows
  const when = pointed.value === undefined ? 'now' : clockText(pointed.value.at).slice(0, 8)
  return (
    <div class="legend">
      <Direction name="In" flow={flows?.in} />
      <Direction name="Out" flow={flows?.out} />
      <span class="legend-when">{flows === undefined ? 'not heard of' : when}</span>
    </div>
  )
}

function Direction({ name, flow }: { readonly name: 'In' | 'Out'; readonly flow: Flow | undefined }): JSX.Element {
  const { payload, duplicate, overhead } = flow ?? NONE
  return (
    <dl class="legend-direction" aria-label={name}>
      <div class="legend-total">
        <dt>{name}</dt>
        <dd>{rateText(payload + duplicate + overhead)}</dd>
      </div>
      <div class="key payload" title="Block bytes that were wanted">
        <dt>payload</dt>
        <dd>{rateText(payload)}</dd>
      </div>
      {name === 'In' && (
        <div class="key duplicate" title="Block bytes that had come before, or that nobody had asked for">
          <dt>duplicates</dt>
          <dd>{rateText(duplicate)}</dd>
        </div>
      )}
      <div class="key overhead" title="Everything else: wantlists, presences, headers">
        <dt>overhead</dt>
        <dd>{rateText(overhead)}</dd>
      </div>
    </dl>
  )
}
