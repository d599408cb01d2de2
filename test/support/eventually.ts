/** Far more than any wait here takes, even on a busy machine; it only keeps a broken test from hanging without a word. */
const PATIENCE_MS = 20_000

/**
 * Resolves once `holds` is true, looking again after each turn of the event loop. For what follows from an event by
 * itself but is not told to the test, such as a ledger entry after a write. Rejects with `what`, if it never comes true.
 */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const started = performance.now()
  while (!holds()) {
    if (performance.now() - started > PATIENCE_MS) throw new Error(`it never came true that ${what}`)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
