/** What a key of the config may hold: one function for each kind of value, which says all that the schema has to know of it. */
import * as z from 'zod'
import { parseBytes } from '../../api/formats/byte-size.ts'
import { parseDuration } from '../../api/formats/duration.ts'

/** How a value is written where there is only text, in a variable or after `--set`. */
export type TextForm = 'flag' | 'number' | 'text' | 'list' | 'json'

/** What is known of a key beside what it may hold. */
export interface KeyInfo {
  /** One line, for the reference page and the schema. */
  readonly description: string
  readonly form: TextForm
  /** What it holds, in words. */
  readonly kind: string
  /** What it is when left out, as it would stand in the file; undefined for nothing. */
  readonly missing?: unknown
  /** A default that is no fixed value, in words. */
  readonly rule?: string
  /** A change takes hold while a daemon runs. */
  readonly isLive?: boolean
  /** Shown to nobody. */
  readonly isSecret?: boolean
}

type More = Pick<KeyInfo, 'rule' | 'isLive' | 'isSecret'>

/** Every key there is. An entry belongs to the very type that stands in a section. */
export const KEYS = z.registry<KeyInfo>()

export function known<Type extends z.ZodType>(type: Type, info: KeyInfo): Type {
  KEYS.add(type, info)
  return type
}

export function flag(description: string, missing: boolean, more: More = {}) {
  const kind = 'true, false or null'
  return known(z.boolean({ error: kind }).default(missing), { description, form: 'flag', kind, missing, ...more })
}

interface Range {
  readonly min?: number
  readonly max?: number
}

export function wholeNumber(description: string, { missing, min, max, ...more }: Range & More & { missing: number }) {
  const { type, kind } = whole({ ...(min !== undefined && { min }), ...(max !== undefined && { max }) })
  return known(type.default(missing), { description, form: 'number', kind, missing, ...more })
}

/** A whole number whose default follows from other keys, as `rule` says. */
export function dependentNumber(description: string, { rule, min = 0, max = Infinity, ...more }: Range & More) {
  const { type, kind } = whole({ min, max })
  return known(type.optional(), { description, form: 'number', kind, ...(rule !== undefined && { rule }), ...more })
}

function whole({ min = 0, max }: Range) {
  const kind = max === undefined ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`
  const type = z.int({ error: kind }).min(min, { error: kind })
  return { type: max === undefined || max === Infinity ? type : type.max(max, { error: kind }), kind }
}

export function text(description: string, missing: string, more: More = {}) {
  const kind = 'a text'
  const info = { description, form: 'text', kind, missing, ...more } as const
  return known(z.string({ error: kind }).default(missing), info)
}

export function choice<const Choices extends readonly [string, ...string[]]>(
  description: string,
  choices: Choices,
  missing: Choices[number],
  more: More = {}
) {
  const kind = `one of ${choices.join(', ')}`
  const type = z.enum(choices, { error: kind })
  return known(type.prefault(missing), {
    description,
    form: 'text',
    kind,
    missing,
    ...more
  })
}

const SIZE = 'a size such as 4096, 10MB or 1.5 MiB'

/** Bytes: a number, or a text. */
export function bytes(description: string, missing: number | string, more: More = {}) {
  return known(size.prefault(missing), { description, form: 'text', kind: SIZE, missing, ...more })
}

/** A size within an object of a list, which may be left out. */
export const size = z.union([z.number(), z.string()], { error: SIZE }).transform((value, context) => {
  const found = typeof value === 'string' ? parseBytes(value) : value
  if (found !== undefined && found >= 0) return found
  context.addIssue({ code: 'custom', message: SIZE })
  return z.NEVER
})

/** A size that is passed on as it is written. */
export function sizeText(description: string, missing: string, more: More = {}) {
  const type = z
    .union([z.number(), z.string()], { error: SIZE })
    .transform(String)
    .refine((value) => parseBytes(value) !== undefined, { error: SIZE })
  return known(type.prefault(missing), { description, form: 'text', kind: SIZE, missing, ...more })
}

/** Milliseconds of a text such as `20s` or `1h30m`. */
export function duration(
  description: string,
  missing: string,
  { min = 0, max = Infinity, ...more }: Range & More = {}
) {
  const kind = 'a duration such as 20s or 1h30m'
  const type = z.string({ error: kind }).transform((value, context) => {
    const found = parseDuration(value)
    if (found !== undefined && found >= min && found <= max) return found
    context.addIssue({ code: 'custom', message: kind })
    return z.NEVER
  })
  return known(type.prefault(missing), { description, form: 'text', kind, missing, ...more })
}

/** A text or a list of texts. `complaint` tells what is wrong with one of them. */
export function texts(
  description: string,
  kind: string,
  complaint: (value: string) => string | undefined = () => undefined,
  more: More = {}
) {
  const type = textList(complaint).prefault([])
  return known(type, { description, form: 'list', kind, missing: [], ...more })
}

export function textList(complaint: (value: string) => string | undefined = () => undefined) {
  return z
    .union([z.string(), z.array(z.string())], { error: 'a text or a list of texts' })
    .transform((value): readonly string[] => (Array.isArray(value) ? value : [value]))
    .superRefine((values, context) => {
      const message = values.map(complaint).find((found) => found !== undefined)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
}

/** A list of objects, or whatever else is no simple value. */
export function structured<Type extends z.ZodType>(
  description: string,
  kind: string,
  type: Type,
  { missing, ...more }: More & { missing?: unknown } = {}
): Type {
  return known(type, { description, form: 'json', kind, missing, ...more })
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: 'a list of objects' })
}

const OBJECT = 'an object'

/** A section of Kubo's: keys that nobody here knows are let be, and survive. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.looseObject(shape, { error: OBJECT })
}

/** A section of ours: a key that is not known is a slip of the pen, and would change nothing without a word. */
export function ownSection<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : OBJECT) })
}
