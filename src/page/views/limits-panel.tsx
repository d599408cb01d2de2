import { useSignal, type Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { rateText } from '../format/numbers.ts'
import { Panel } from '../parts/panel.tsx'
import { actions } from '../rpc/actions.ts'
import { live } from '../state/app-state.ts'

const NAMES = {
  upload: 'Upload',
  download: 'Download',
  'upload-per-peer': 'Upload to each peer',
  'download-per-peer': 'Download from each peer'
} as const

type LimitName = keyof typeof NAMES
type Values = Partial<Record<LimitName, string>>

/** How fast blocks leave and come; to be changed until the next start. */
export function LimitsPanel(): JSX.Element {
  const isOpen = useSignal(false)
  const values = useSignal<Values>({})
  const limits = live.parts.traffic.value?.limits
  const now: Readonly<Record<LimitName, number | undefined>> = {
    upload: limits?.upload,
    download: limits?.download,
    'upload-per-peer': limits?.uploadPerPeer,
    'download-per-peer': limits?.downloadPerPeer
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const given = Object.fromEntries(Object.entries(values.value).filter(([, text]) => text.trim() !== ''))
    if (Object.keys(given).length === 0 || (await actions.limits(given))) {
      isOpen.value = false
      values.value = {}
    }
  }
  return (
    <Panel
      title="Limits of pace"
      aside={
        <button type="button" class="link" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
          {isOpen.value ? 'Leave as they are' : 'Change'}
        </button>
      }
    >
      <form class="limits-form" onSubmit={(event) => void submit(event)}>
        <dl class="facts">
          {(Object.keys(NAMES) as LimitName[]).map((name) => (
            <div key={name}>
              <dt>{NAMES[name]}</dt>
              <dd>{isOpen.value ? <PaceField name={name} values={values} now={now[name]} /> : paceText(now[name])}</dd>
            </div>
          ))}
        </dl>
        {isOpen.value && (
          <div class="actions">
            <button type="submit" class="button">
              Set, until the next start
            </button>
          </div>
        )}
      </form>
    </Panel>
  )
}

interface PaceFieldProps {
  readonly name: LimitName
  readonly values: Signal<Values>
  readonly now: number | undefined
}

function PaceField({ name, values, now }: PaceFieldProps): JSX.Element {
  return (
    <input
      class="field short"
      aria-label={`${NAMES[name]}, a second`}
      placeholder={paceText(now)}
      value={values.value[name] ?? ''}
      onInput={({ currentTarget }) => (values.value = { ...values.value, [name]: currentTarget.value })}
    />
  )
}

function paceText(bytes: number | undefined): string {
  return bytes === undefined ? '–' : bytes === 0 ? 'no limit' : rateText(bytes)
}
