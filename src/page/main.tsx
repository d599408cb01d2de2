import { render } from 'preact'
import { App } from './app.tsx'
import { connect, startClock } from './state/connect.ts'
import { openLink } from './state/view.ts'

const place = document.getElementById('page')
if (place !== null) {
  const isUnlocking = openLink()
  addEventListener('hashchange', () => void openLink())
  render(<App />, place)
  startClock()
  if (!isUnlocking) connect()
}
