import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { RateChart } from '../chart/rate-chart.tsx'
import { bytesText, countOf, countText, percentText } from '../format/numbers.ts'
import { providingTrouble } from '../format/providing-trouble.ts'
import { safeText } from '../format/safe-text.ts'
import { shortId } from '../format/short-id.ts'
import { spanText } from '../format/times.ts'
import { Age } from '../parts/age.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { Empty } from '../parts/empty.tsx'
import { Figure } from '../parts/figure.tsx'
import { Panel } from '../parts/panel.tsx'
import { live } from '../state/app-state.ts'
import { stuckCount, stuckWants, troubleLines } from '../state/derived.ts'
import { TopPartners } from './top-partners.tsx'
import { Totals } from './totals.tsx'

/** How the peer is doing, and what needs somebody's attention. */
export function Overview(): JSX.Element {
  return (
    <div class="stack">
      <Figures />
      <div class="columns wide-left">
        <Panel title="Traffic" aside={<span class="quiet">bytes a second, the last five minutes</span>}>
          <RateChart />
        </Panel>
        <Totals />
      </div>
      <div class="columns even">
        <Attention />
        <TopPartners />
      </div>
      <Addresses />
    </div>
  )
}

function Figures(): JSX.Element {
  return (
    <div class="figures">
      <WantFigure />
      <PartnerFigure />
      <EngineFigures />
      <StoreFigure />
      <ProvidingFigure />
    </div>
  )
}

function WantFigure(): JSX.Element {
  const stuck = stuckCount.value
  return (
    <Figure
      name="Wants"
      href="#/wants"
      value={countText(live.wants.shown.value.total)}
      note={stuck > 0 ? `${countText(stuck)} stuck` : countOf(live.sessions.shown.value.total, 'session')}
      tone={stuck > 0 ? 'bad' : undefined}
    />
  )
}

function PartnerFigure(): JSX.Element {
  const peer = live.parts.peer.value
  return (
    <Figure
      name="Partners"
      href="#/partners"
      value={peer === undefined ? '–' : countText(peer.partners)}
      note={peer === undefined ? undefined : `of ${countOf(peer.peersIn + peer.peersOut, 'connection')}`}
      tone={peer?.partners === 0 ? 'warn' : undefined}
    />
  )
}

function EngineFigures(): JSX.Element {
  const engine = live.parts.engine.value
  return (
    <>
      <Figure
        name="Upload slots"
        href="#/serving"
        value={engine === undefined ? '–' : `${engine.slotsUsed} / ${engine.slots}`}
        note={engine === undefined ? undefined : `${countOf(engine.waitingPartners, 'partner')} waiting`}
      />
      <Figure
        name="To send"
        href="#/serving"
        value={engine === undefined ? '–' : bytesText(engine.pendingBytes)}
        note={engine === undefined ? undefined : countOf(engine.pendingTasks, 'block')}
      />
    </>
  )
}

function StoreFigure(): JSX.Element {
  const store = live.parts.store.value
  const isBounded = store?.bytes !== undefined && store.maxBytes !== undefined
  const count = store?.blocks === undefined ? undefined : countOf(store.blocks, 'block')
  return (
    <Figure
      name="Stored"
      href="#/store"
      value={store?.bytes === undefined ? '–' : bytesText(store.bytes)}
      note={isBounded ? `${percentText(store.bytes, store.maxBytes)} of ${bytesText(store.maxBytes)}` : count}
    />
  )
}

function ProvidingFigure(): JSX.Element {
  const providing = live.parts.providing.value
  const isLate = providing !== undefined && providing.behindMs > 0
  return (
    <Figure
      name="Providing"
      href="#/store"
      value={providing === undefined ? '–' : safeText(providing.state, 20)}
      note={
        providing?.state === 'waiting'
          ? 'no peers to tell yet'
          : isLate
            ? `${spanText(providing.behindMs)} late`
            : `${countText(providing?.queued ?? 0)} queued`
      }
      tone={isLate || providing?.state === 'paused' ? 'warn' : undefined}
    />
  )
}

const MOST = 6

/** What does not go by itself. */
function Attention(): JSX.Element {
  const wants = useComputed(() => stuckWants.value.slice(0, MOST))
  const lines = useComputed(() => troubleLines.value.slice(0, 3))
  const providing = providingTrouble(live.parts.providing.value)
  const isCalm = wants.value.length === 0 && lines.value.length === 0 && providing === undefined
  return (
    <Panel
      title="Needs attention"
      aside={stuckCount.value > MOST && <a href="#/wants">{countOf(stuckCount.value, 'stuck want')}</a>}
    >
      {isCalm && (
        <Empty title="All is well">
          Wants that take too long, providing that does not keep up, and warnings of the log stand here.
        </Empty>
      )}
      <ul class="attention">
        {providing !== undefined && (
          <li>
            <a class="warn-text" href="#/store">
              providing
            </a>
            <span class="attention-text">{safeText(providing, 240)}</span>
          </li>
        )}
        {wants.value.map((want) => (
          <li key={want.id}>
            <span class="mono" title={want.id}>
              {shortId(want.id)}
            </span>
            <span class="attention-text">{safeText(want.stuckBecause?.text ?? '')}</span>
            <span class="quiet">
              <Age since={want.since} />
            </span>
          </li>
        ))}
        {lines.value.map(({ line, times }) => (
          <li key={line.seq}>
            <span class={line.level === 'warn' ? 'warn-text' : 'bad-text'}>{safeText(line.level, 12)}</span>
            <span class="attention-text">{safeText(line.message, 200)}</span>
            <span class="quiet">
              {times > 1 && `${countText(times)} times, `}
              <Age since={line.at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Addresses(): JSX.Element {
  const peer = live.parts.peer.value
  const addresses = peer?.addresses ?? []
  return (
    <Panel
      title="Addresses"
      aside={
        peer?.swarmKeyFingerprint !== undefined && <span>private swarm {safeText(peer.swarmKeyFingerprint, 40)}</span>
      }
    >
      {addresses.length === 0 ? (
        <Empty title="Nobody can reach this peer">
          It listens on no address: see <code>Addresses.Swarm</code> in the config.
        </Empty>
      ) : (
        <ul class="addresses">
          {addresses.map((address) => (
            <li key={address}>
              <Copyable text={address} shown={safeText(address)} what="address" />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
