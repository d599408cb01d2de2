/** A value that goes before that of the file. */
export interface Override {
  readonly key: string
  readonly value: unknown
  readonly origin: 'environment' | 'flag'
  /** The variable or the flag. */
  readonly source: string
}
