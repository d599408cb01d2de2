import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { InvalidParametersError } from '../../errors.ts'
import { modulePath } from '../load-strategy.ts'

/** A strategy that came from a file, as a manifest keeps it. */
export interface StrategyModule {
  /** As it was given, and as it stands in results. */
  readonly reference: string
  /** Where the file was, absolute. */
  readonly path: string
  /** Of the file, in hexadecimal. What the file imports is not in it. */
  readonly sha256: string
}

/** A module that is not the same in two places; `undefined` where it was not written down. */
export interface ModuleChange {
  readonly reference: string
  readonly before: StrategyModule | undefined
  readonly after: StrategyModule | undefined
}

/** The modules among references, in their order. Throws `InvalidParametersError` for one that cannot be read. */
export async function readModules(references: readonly string[]): Promise<readonly StrategyModule[]> {
  const modules = references.map(async (reference): Promise<readonly StrategyModule[]> => {
    const path = modulePath(reference)
    return path === undefined ? [] : [{ reference, path, sha256: await hashOf(path) }]
  })
  return (await Promise.all(modules)).flat()
}

/** Of the references, the modules that were one thing before and are another after, or may be. */
export function changedModules(
  references: readonly string[],
  before: readonly StrategyModule[],
  after: readonly StrategyModule[]
): readonly ModuleChange[] {
  const among = (modules: readonly StrategyModule[], reference: string): StrategyModule | undefined =>
    modules.find((module) => module.reference === reference)
  return references
    .filter((reference) => modulePath(reference) !== undefined)
    .map((reference) => ({ reference, before: among(before, reference), after: among(after, reference) }))
    .filter((change) => change.before === undefined || change.before.sha256 !== change.after?.sha256)
}

async function hashOf(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidParametersError(`the strategy ${path} cannot be read: ${reason}`, { cause })
  }
}
