import type { Cli } from './cli.ts'

/**
 * Prints each line as it comes. Where there are none, whoever sits at a terminal is told `nothing`, such as "no peers
 * connected"; standard output stays empty, as programs that read it expect.
 */
export async function printList(
  cli: Cli,
  lines: Iterable<string> | AsyncIterable<string>,
  nothing: string
): Promise<void> {
  let isEmpty = true
  for await (const line of lines) {
    isEmpty = false
    await cli.print(line)
  }
  if (isEmpty) cli.hint(nothing)
}
