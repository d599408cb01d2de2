/** What Node runs between two callbacks of its own: ticks and promises, until there are none. Not in its documentation. */
const tick: unknown = Reflect.get(process, '_tickCallback')

/**
 * Settles every promise that can settle, whatever its depth, without a turn of the event loop, which would cost more than
 * most events of a virtual world. False when that cannot be done here: when this is itself called from a promise, or Node
 * no longer has the function. Then `nextTurn` does the same, slowly.
 */
export function drainPromises(): boolean {
  if (typeof tick !== 'function') return false
  Reflect.apply(tick, process, [])
  return true
}

/** Does `drainPromises` work from where this is called? Finds out by a promise. */
export function canDrain(): boolean {
  let settled = false
  queueMicrotask(() => {
    settled = true
  })
  return drainPromises() && settled
}

/**
 * One turn of the event loop: it empties the queue of microtasks, whatever its depth, before it takes an immediate. Enough
 * for code that does no real I/O.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
