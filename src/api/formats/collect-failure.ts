import { ApiError, errorText } from '../api-error.ts'

/** Why a collection ended, with what it told before, in Kubo's words; `wereTold`: each by itself, and so not again. */
export function collectFailure(failures: readonly string[], error: unknown, wereTold: boolean): unknown {
  if (failures.length === 0) return error
  const told = wereTold ? ['encountered errors during gc run'] : new Set([...failures, errorText(error)])
  return new ApiError('command', [...told].join('; '), { cause: error })
}
