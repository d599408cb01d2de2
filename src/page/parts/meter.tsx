import type { JSX } from 'preact'

interface MeterProps {
  readonly label: string
  readonly value: number
  readonly max: number
  /** As it is read out, and shown beside it. */
  readonly text: string
  readonly tone?: 'payload' | 'duplicate' | 'overhead' | 'bad' | undefined
}

/** How full something is. */
export function Meter({ label, value, max, text, tone = 'payload' }: MeterProps): JSX.Element {
  const share = max > 0 ? Math.max(0, Math.min(1, value / max)) : 0
  return (
    <div class="meter">
      <div
        class="meter-track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(value, max)}
        aria-valuetext={text}
      >
        <div class={`meter-fill ${tone}`} style={{ transform: `scaleX(${share.toFixed(4)})` }} />
      </div>
      <span class="meter-text">{text}</span>
    </div>
  )
}
