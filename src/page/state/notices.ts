import { signal } from '@preact/signals'

export interface Notice {
  readonly id: number
  readonly kind: 'done' | 'failed'
  readonly text: string
}

const MAX_NOTICES = 4
const SHOWN_MS = { done: 6_000, failed: 15_000 }

/** What came of the last actions; also read out. */
export const notices = signal<readonly Notice[]>([])
let count = 0

export function tell(kind: Notice['kind'], text: string): void {
  const notice = { id: (count += 1), kind, text }
  notices.value = [...notices.value, notice].slice(-MAX_NOTICES)
  setTimeout(() => dismiss(notice.id), SHOWN_MS[kind])
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}
