import type { ForeignKind } from './foreign-peer.ts'

/** True where a missing program is a failure: in CI, and where somebody wants to be sure. */
export function isRequired(): boolean {
  const { CI, BARTER_INTEROP } = process.env
  return BARTER_INTEROP === 'required' || (CI !== undefined && CI !== '' && CI !== 'false')
}

/** Why the tests against a program do not run here; undefined when they do. Where they are required they run, and fail. */
export async function whyNot(kind: ForeignKind): Promise<string | undefined> {
  return isRequired() ? undefined : await kind.available()
}
