/**
 * Of a map or a set that has one element too many, takes out the one added first, and tells which; undefined for none. For
 * some thousands of elements: each call passes over what earlier ones took out, until the table is made anew.
 */
export function dropOldest<Key>(collection: Map<Key, unknown> | Set<Key>, most: number): Key | undefined {
  if (collection.size <= most) return undefined
  const oldest = collection.keys().next()
  if (oldest.done === true) return undefined
  collection.delete(oldest.value)
  return oldest.value
}
