/** Runs once before all interop tests: builds what has to be built, and says what cannot be. */
import { KINDS } from './kinds.ts'
import { isRequired } from './required.ts'

export async function setup(): Promise<void> {
  for (const kind of KINDS) {
    const why = await kind.available()
    if (why === undefined) await kind.prepare()
    else if (isRequired()) throw new Error(`the interop tests need ${kind.name}: ${why}`)
    else console.warn(`not tested against ${kind.name}: ${why}`)
  }
}
