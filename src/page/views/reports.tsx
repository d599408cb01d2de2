import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { OpenedReport, ReportInfo, ReportList } from '../reports-contract.ts'
import { bytesText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { dateText } from '../format/times.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { look } from '../rpc/command.ts'
import { tell } from '../state/notices.ts'

/** Reports of the laboratory that the daemon was told of. */
export function Reports(): JSX.Element {
  const list = useSignal<ReportList | undefined>(undefined)
  const failure = useSignal<string | undefined>(undefined)
  const opened = useSignal<Opened | undefined>(undefined)
  const load = async (): Promise<void> => {
    try {
      list.value = (await look('/api/barter/reports')) as ReportList
      failure.value = undefined
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error)
    }
  }
  useEffect(() => void load(), [])
  const open = async (name: string, isNewTab: boolean): Promise<void> => {
    try {
      const address = `/api/barter/reports/open?name=${encodeURIComponent(name)}`
      const { path } = (await look(address)) as OpenedReport
      if (isNewTab) window.open(path, '_blank', 'noopener')
      else opened.value = { name, path }
    } catch (error) {
      tell('failed', error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <div class="columns fill">
      <Panel
        title="Reports"
        name="side-column"
        aside={
          <button type="button" class="link" onClick={() => void load()}>
            Look again
          </button>
        }
      >
        {failure.value !== undefined && <p class="callout bad">{safeText(failure.value)}</p>}
        {list.value !== undefined && <List list={list.value} opened={opened.value?.name} onOpen={open} />}
      </Panel>
      <Shown report={opened.value} />
    </div>
  )
}

interface Opened {
  readonly name: string
  readonly path: string
}

/** A report in a frame without any rights: it is a document of its own, and has its own policy. */
function Shown({ report }: { readonly report: Opened | undefined }): JSX.Element {
  if (report === undefined) {
    return (
      <Panel title="Report" name="grow">
        <Empty title="No report is open">Choose one of the list.</Empty>
      </Panel>
    )
  }
  const name = safeText(report.name)
  return (
    <Panel title={name} name="grow">
      <iframe
        key={report.path}
        class="report"
        title={`Report ${name}`}
        src={report.path}
        sandbox=""
        referrerpolicy="no-referrer"
      />
    </Panel>
  )
}

interface ListProps {
  readonly list: ReportList
  readonly opened: string | undefined
  readonly onOpen: (name: string, isNewTab: boolean) => Promise<void>
}

function List({ list, opened, onOpen }: ListProps): JSX.Element {
  if (list.directory === undefined) {
    return (
      <Empty title="The daemon was not told where reports are">
        Start it with <code>barter daemon --reports &lt;directory&gt;</code>, where <code>barter lab report</code>{' '}
        writes them.
      </Empty>
    )
  }
  if (list.reports.length === 0) {
    return (
      <Empty title="There is no report yet">
        In a terminal, <code>barter lab run</code> compares strategies, and <code>barter lab report</code> writes it up.
        The directory is <span class="mono">{safeText(list.directory)}</span>.
      </Empty>
    )
  }
  return (
    <ul class="report-list">
      {list.reports.map((report) => (
        <Item key={report.name} report={report} isOpen={report.name === opened} onOpen={onOpen} />
      ))}
    </ul>
  )
}

interface ItemProps {
  readonly report: ReportInfo
  readonly isOpen: boolean
  readonly onOpen: ListProps['onOpen']
}

function Item({ report, isOpen, onOpen }: ItemProps): JSX.Element {
  const { name, title, bytes, modifiedAt } = report
  return (
    <li class={isOpen ? 'is-open' : ''}>
      <button type="button" class="report-open" aria-current={isOpen} onClick={() => void onOpen(name, false)}>
        <strong>{safeText(title, 120)}</strong>
        <span class="quiet">
          <span class="mono">{safeText(name)}</span> · {dateText(modifiedAt)} · {bytesText(bytes)}
        </span>
      </button>
      <button type="button" class="link" onClick={() => void onOpen(name, true)}>
        In a new tab
      </button>
    </li>
  )
}
