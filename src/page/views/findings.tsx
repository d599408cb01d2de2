import type { JSX } from 'preact'
import { safeText } from '../format/safe-text.ts'
import type { Finding } from '../insight.ts'

const TONES = { ok: 'good', note: 'quiet', warning: 'warn', problem: 'bad' } as const

/** What the doctor found, the worst first. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }): JSX.Element {
  const order = ['problem', 'warning', 'note', 'ok']
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
  return (
    <ul class="findings">
      {sorted.map(({ level, code, text, advice }) => (
        <li key={code} class={TONES[level]}>
          <span class="finding-level">{level}</span>
          <div>
            {safeText(text)}
            {advice !== undefined && <p class="quiet">{safeText(advice)}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}
