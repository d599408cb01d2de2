import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'

interface ConfirmButtonProps {
  readonly label: string
  /** What the second press says: what will happen. */
  readonly question: string
  readonly onConfirm: () => unknown
}

/** For how long the second press counts. */
const PATIENCE_MS = 6_000

/** A button for what cannot be taken back: it is pressed twice. */
export function ConfirmButton({ label, question, onConfirm }: ConfirmButtonProps): JSX.Element {
  const isAsking = useSignal(false)
  useEffect(() => {
    if (!isAsking.value) return
    const timer = setTimeout(() => (isAsking.value = false), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isAsking.value])
  const press = (): void => {
    if (isAsking.value) onConfirm()
    isAsking.value = !isAsking.value
  }
  return (
    <button type="button" class={isAsking.value ? 'button danger asking' : 'button danger'} onClick={press}>
      {isAsking.value ? question : label}
    </button>
  )
}
