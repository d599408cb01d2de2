import type { JSX } from 'preact'
import { debtText, oneSided, type Account } from '../format/debt-text.ts'

/** From here on it is worth a look. */
const HIGH = 2

export function DebtRatio({ partner }: { readonly partner: Account }): JSX.Element {
  return (
    <span class={partner.debtRatio > HIGH ? 'warn-text' : ''} title={oneSided(partner)}>
      {debtText(partner)}
    </span>
  )
}
