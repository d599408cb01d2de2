import type { JSX } from 'preact'
import { bytesText, percentText, rateText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { shortId } from '../format/short-id.ts'
import { Copyable } from '../parts/copyable.tsx'
import { Empty } from '../parts/empty.tsx'
import { Meter } from '../parts/meter.tsx'
import { Panel } from '../parts/panel.tsx'
import { transfers, type Transfer } from '../state/transfers.ts'

/** What is on its way, and what came of the others. */
export function TransferList(): JSX.Element {
  const rows = transfers.value
  return (
    <Panel title="Transfers" name="grow">
      {rows.length === 0 ? (
        <Empty title="Nothing was added or fetched here yet">
          What the command line or other programs do is not listed: <a href="#/wants">Wants</a> shows what is being
          fetched.
        </Empty>
      ) : (
        <ul class="transfers">
          {rows.map((transfer) => (
            <Row key={transfer.id} transfer={transfer} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Row({ transfer }: { readonly transfer: Transfer }): JSX.Element {
  const { direction, name, state, bytes, all, cid, error } = transfer
  const shown = direction === 'fetch' ? shortId(safeText(name), 24, 12) : safeText(name, 80)
  const isUnderWay = state === 'running' || state === 'waiting'
  return (
    <li class={`transfer ${state}`} data-state={state}>
      <div class="transfer-head">
        <span class="tag">{direction}</span>
        <span class="transfer-name" title={safeText(name)}>
          {shown}
        </span>
        {isUnderWay && (
          <button type="button" class="link" onClick={transfer.cancel}>
            Cancel
          </button>
        )}
      </div>
      {isUnderWay && (
        <Meter label={`Progress of ${shown}`} value={bytes} max={all ?? 0} text={progressText(transfer)} />
      )}
      {state === 'failed' && <p class="bad-text">{safeText(error ?? 'It failed.')}</p>}
      {state === 'done' && (
        <p class="quiet">
          {direction === 'fetch' ? 'Saved, ' : ''}
          {bytesText(bytes)} {direction === 'add' && cid !== undefined && <Copyable text={cid} what="CID" />}
        </p>
      )}
    </li>
  )
}

function progressText({ state, bytes, all, startedAt }: Transfer): string {
  if (state === 'waiting') return 'waiting'
  const seconds = (Date.now() - startedAt) / 1000
  const pace = seconds > 1 && bytes > 0 ? `, ${rateText(bytes / seconds)}` : ''
  if (all === undefined) return bytes === 0 ? 'looking for it' : `${bytesText(bytes)}${pace}`
  if (bytes >= all) return `${bytesText(all)}, being stored`
  return `${percentText(bytes, all)} of ${bytesText(all)}${pace}`
}
