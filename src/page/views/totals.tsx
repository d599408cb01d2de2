import type { JSX } from 'preact'
import { bytesText, countText, percentText } from '../format/numbers.ts'
import type { Flow } from '../insight.ts'
import { Facts } from '../parts/facts.tsx'
import { Panel } from '../parts/panel.tsx'
import { live } from '../state/app-state.ts'

/** What was exchanged since the start, and what it cost. */
export function Totals(): JSX.Element {
  const traffic = live.parts.traffic.value
  return (
    <Panel title="Since the start" name="totals">
      {traffic !== undefined && (
        <>
          <Share name="In" flow={traffic.totalIn} />
          <Share name="Out" flow={traffic.totalOut} />
          <Facts
            facts={[
              { name: 'Blocks in', value: countText(traffic.blocksIn) },
              {
                name: 'Duplicates',
                about: 'Blocks that had come before, or that nobody had asked for',
                value: `${countText(traffic.duplicateBlocksIn)} (${percentText(traffic.duplicateBlocksIn, traffic.blocksIn + traffic.duplicateBlocksIn)})`
              },
              { name: 'Blocks out', value: countText(traffic.blocksOut) },
              { name: 'Messages in', value: countText(traffic.messagesIn) },
              { name: 'Messages out', value: countText(traffic.messagesOut) }
            ]}
          />
        </>
      )}
    </Panel>
  )
}

/** One bar in three parts. */
function Share({ name, flow }: { readonly name: string; readonly flow: Flow }): JSX.Element {
  const all = flow.payload + flow.duplicate + flow.overhead
  const parts = (['payload', 'duplicate', 'overhead'] as const).filter((part) => flow[part] > 0)
  const text = parts.map((part) => `${part} ${bytesText(flow[part])}, ${percentText(flow[part], all)}`).join('; ')
  return (
    <div class="share">
      <div class="share-head">
        <span>{name}</span>
        <strong>{bytesText(all)}</strong>
      </div>
      <div class="share-bar" role="img" aria-label={text === '' ? `${name}: nothing` : `${name}: ${text}`} title={text}>
        {parts.map((part) => (
          <span key={part} class={part} style={{ flexGrow: flow[part] }} />
        ))}
      </div>
      <div class="share-parts">
        {parts.map((part) => (
          <span key={part} class={`key ${part}`}>
            {percentText(flow[part], all)}
          </span>
        ))}
      </div>
    </div>
  )
}
