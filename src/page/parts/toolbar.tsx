import type { Signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'

export function Toolbar({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="toolbar">{children}</div>
}

interface FilterProps {
  readonly text: Signal<string>
  readonly label: string
}

export function FilterField({ text, label }: FilterProps): JSX.Element {
  return (
    <input
      type="search"
      class="field"
      aria-label={label}
      placeholder={label}
      value={text.value}
      spellcheck={false}
      autocomplete="off"
      onInput={({ currentTarget }) => (text.value = currentTarget.value)}
    />
  )
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly chosen: Signal<Value>
  readonly choices: readonly { readonly value: Value; readonly text: string; readonly count?: number | undefined }[]
}

/** One of a few, as buttons that stay pressed. */
export function Choice<Value extends string>({ label, chosen, choices }: ChoiceProps<Value>): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={label}>
      {choices.map(({ value, text, count }) => (
        <button key={value} type="button" aria-pressed={chosen.value === value} onClick={() => (chosen.value = value)}>
          {text}
          {count !== undefined && <span class="count">{count}</span>}
        </button>
      ))}
    </div>
  )
}
