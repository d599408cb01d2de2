import { render } from 'preact'
import { App } from './app.tsx'
import { connect, startClock } from './state/connect.ts'
import { openLink } from './state/view.ts'

const place = document.getElementById('page')
if (place !== null) {
  openLink()
  addEventListener('hashchange', openLink)
  render(<App />, place)
  startClock()
  connect()
}
