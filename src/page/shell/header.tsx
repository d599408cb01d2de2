import type { JSX } from 'preact'
import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import { countText } from '../format/numbers.ts'
import { Age } from '../parts/age.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { link, live } from '../state/app-state.ts'

/** Who this is, and how the page stands with it. */
export function Header(): JSX.Element {
  return (
    <header class="top">
      <a class="brand" href="#/overview">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" class="brand-back" />
          <path d="M7 12h13l-4-4M25 20H12l4 4" class="brand-mark" />
        </svg>
        Barter
      </a>
      <Identity />
      <div class="top-end">
        {link.value.kind !== 'locked' && <Hold />}
        <LinkState />
      </div>
    </header>
  )
}

function Identity(): JSX.Element {
  const peer = live.parts.peer.value
  const engine = live.parts.engine.value
  if (peer === undefined) return <div class="identity" />
  return (
    <dl class="identity">
      <div>
        <dt>Peer</dt>
        <dd>
          <Copyable text={peer.id} shown={shortPeer(peer.id)} what="peer id" />
        </dd>
      </div>
      <div class="wide-only">
        <dt>Agent</dt>
        <dd>{safeText(peer.agent)}</dd>
      </div>
      <div>
        <dt>Up</dt>
        <dd>
          <Age since={peer.startedAt} />
        </dd>
      </div>
      <div>
        <dt>Peers</dt>
        <dd title="Connections by who dialled">
          {countText(peer.peersIn)} in · {countText(peer.peersOut)} out
        </dd>
      </div>
      <div class="wide-only">
        <dt>Routing</dt>
        <dd class={peer.routing.off === undefined ? '' : 'warn-text'} title={peer.routing.off}>
          {safeText(peer.routing.type)}
          {peer.routing.off !== undefined && ' (off)'}
        </dd>
      </div>
      <div class="wide-only">
        <dt>Strategy</dt>
        <dd>{engine === undefined ? '–' : safeText(engine.strategy)}</dd>
      </div>
      {!peer.isServing && (
        <div>
          <dt>Server</dt>
          <dd class="warn-text">off</dd>
        </div>
      )}
    </dl>
  )
}

function Hold(): JSX.Element {
  const isHeld = live.isHeld.value
  return (
    <button
      type="button"
      class="button hold"
      aria-pressed={isHeld}
      title="Stop the figures on the screen; nothing is lost meanwhile"
      onClick={() => live.hold(!isHeld)}
    >
      {isHeld ? 'Held' : 'Hold'}
    </button>
  )
}

const WORDS = { connecting: 'connecting', live: 'live', lost: 'connection lost', locked: 'locked' } as const

function LinkState(): JSX.Element {
  const { kind } = link.value
  return (
    <span class={`link-state ${kind}`} role="status">
      <span class="dot" aria-hidden="true" />
      {WORDS[kind]}
    </span>
  )
}
