import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Notices } from './parts/notices.tsx'
import { Header } from './shell/header.tsx'
import { LinkBanner } from './shell/link-banner.tsx'
import { Navigation } from './shell/navigation.tsx'
import { Unlock } from './shell/unlock.tsx'
import { link, live } from './state/app-state.ts'
import { VIEWS, type ViewName } from './state/view-names.ts'
import { view } from './state/view.ts'
import { Files } from './views/files.tsx'
import { Log } from './views/log.tsx'
import { Overview } from './views/overview.tsx'
import { Partners } from './views/partners.tsx'
import { Reports } from './views/reports.tsx'
import { Serving } from './views/serving.tsx'
import { Store } from './views/store.tsx'
import { Wants } from './views/wants.tsx'

const CONTENT: Readonly<Record<ViewName, () => JSX.Element>> = {
  overview: Overview,
  wants: Wants,
  partners: Partners,
  serving: Serving,
  store: Store,
  files: Files,
  log: Log,
  reports: Reports
}

export function App(): JSX.Element {
  const isLocked = link.value.kind === 'locked'
  return (
    <div class="app">
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Header />
      {!isLocked && <Navigation />}
      <LinkBanner />
      {isLocked ? <Unlock /> : <Main />}
      <Notices />
    </div>
  )
}

/** The address is taken by the views, so that the link cannot simply lead to the content. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function Main(): JSX.Element {
  const place = useRef<HTMLElement>(null)
  const name = view.value
  const title = VIEWS.find((one) => one.name === name)?.title ?? ''
  const Content = CONTENT[name]
  const isFirst = useRef(true)
  useEffect(() => {
    document.title = `${title} · Barter`
    // After a change of view, what is read next is the new one.
    if (!isFirst.current) place.current?.focus({ preventScroll: true })
    isFirst.current = false
  }, [name])
  const isEmpty = live.parts.peer.value === undefined
  return (
    <main id="main" ref={place} tabIndex={-1} aria-label={title} data-view={name} class={isEmpty ? 'is-waiting' : ''}>
      <h1 class="unseen">{title}</h1>
      <Content key={name} />
    </main>
  )
}
