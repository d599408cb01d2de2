import type { ModuleChange } from '../../../laboratory/experiment/strategy-modules.ts'

/** Bytes of a hash that tell two files apart for people, in hexadecimal digits. */
const DIGITS = 16

/** A sentence on a module that is not the same in two places, or is not known to be. */
export function changeText({ reference, before, after }: ModuleChange): string {
  if (before === undefined || after === undefined) {
    return `what was in the module ${reference} was not written down ${before === undefined ? 'then' : 'later'}: it may have changed.`
  }
  const moved = before.path === after.path ? '' : ` (${before.path}, and ${after.path})`
  const [was, is] = [before.sha256.slice(0, DIGITS), after.sha256.slice(0, DIGITS)]
  return `the module ${reference} changed${moved}: its sha2-256 was ${was}…, and is ${is}…`
}
