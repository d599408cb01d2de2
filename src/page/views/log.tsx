import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { safeText } from '../format/safe-text.ts'
import { clockText } from '../format/times.ts'
import type { LogRow } from '../insight.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { Choice, FilterField } from '../parts/toolbar.tsx'
import { actions } from '../rpc/actions.ts'
import { live } from '../state/app-state.ts'
import { LOG_ORDER, levelTone } from './log-levels.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Lines drawn: the newest. What is older is in the log itself. */
const MAX_DRAWN = 400

/** What the peer says of itself. */
export function Log(): JSX.Element {
  const least = useSignal<Level>('debug')
  const filter = useSignal('')
  const lines = useComputed(() => {
    const needle = filter.value.trim().toLowerCase()
    const from = LOG_ORDER.indexOf(least.value)
    const shown = live.log.value.filter((line) => {
      const order = LOG_ORDER.indexOf(line.level)
      return (order === -1 || order >= from) && holds(line, needle)
    })
    return shown.slice(-MAX_DRAWN)
  })
  return (
    <Panel
      title="Log"
      name="fill"
      aside={
        <>
          <Choice
            label="Least level shown"
            chosen={least}
            choices={[
              { value: 'debug', text: 'All' },
              { value: 'info', text: 'Info' },
              { value: 'warn', text: 'Warnings' },
              { value: 'error', text: 'Errors' }
            ]}
          />
          <FilterField text={filter} label="Filter the log" />
        </>
      }
    >
      <Lines lines={lines.value} />
      <LevelForm />
    </Panel>
  )
}

function holds({ subsystem, message }: LogRow, needle: string): boolean {
  return needle === '' || `${subsystem} ${message}`.toLowerCase().includes(needle)
}

/** Stays at the newest line, unless somebody has scrolled up to read. */
function Lines({ lines }: { readonly lines: readonly LogRow[] }): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    const box = scroller.current
    if (box !== null && isAtEnd.current) box.scrollTop = box.scrollHeight
  }, [lines])
  return (
    <div
      class="log"
      role="log"
      aria-live="off"
      aria-label="Lines of the log"
      tabIndex={0}
      ref={scroller}
      onScroll={({ currentTarget: box }) =>
        (isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40)
      }
    >
      {lines.map((line) => (
        <div key={line.seq} class={`log-line ${levelTone(line.level)}`}>
          <time>{clockText(line.at)}</time>
          <span class="log-level">{safeText(line.level, 12)}</span>
          <span class="log-subsystem" title={safeText(line.subsystem)}>
            {safeText(line.subsystem, 60)}
          </span>
          <span class="log-message">{safeText(line.message, 1000)}</span>
        </div>
      ))}
      {lines.length === 0 && <Empty title="No line is like this">A lower level shows more of what happens.</Empty>}
    </div>
  )
}

/** What is written at all, which is another thing than what is shown here. */
function LevelForm(): JSX.Element {
  const subsystem = useSignal('all')
  const level = useSignal('')
  const known = useComputed(() => [...new Set(live.log.value.map((line) => line.subsystem))].sort())
  const submit = (event: Event): void => {
    event.preventDefault()
    void actions.logLevel(subsystem.value, level.value)
  }
  return (
    <form class="panel-foot" onSubmit={submit}>
      <label>
        Write{' '}
        <select
          class="field"
          value={subsystem.value}
          onChange={({ currentTarget }) => (subsystem.value = currentTarget.value)}
        >
          <option value="all">everything</option>
          {known.value.map((name) => (
            <option key={name} value={name}>
              {safeText(name, 60)}
            </option>
          ))}
        </select>
      </label>
      <label>
        from level{' '}
        <select
          class="field"
          required
          value={level.value}
          onChange={({ currentTarget }) => (level.value = currentTarget.value)}
        >
          <option value="">–</option>
          {['trace', 'debug', 'info', 'warn', 'error'].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button type="submit" class="button">
        Set, until the next start
      </button>
    </form>
  )
}
