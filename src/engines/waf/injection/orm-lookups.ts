import { words } from './characters.ts'

/**
 * Lookups of Django's that compare a part of a value, so that whoever asks again and again learns all of it.
 * Source: Django, "QuerySet API reference", "Field lookups"; contrib.postgres, "Querying JSONField".
 */
const probing = words(
  'startswith istartswith endswith iendswith contains icontains regex iregex exact iexact gt gte lt lte range in isnull search',
)
/** Lookups of the keys of a JSON column, which no filter of a list offers. */
const keys = words('has_key has_keys has_any_keys contained_by')
/** Columns that nobody is to be asked about. */
const secret =
  /^(?:password|passwd|pwd|secret\w{0,20}|token|api_?key|reset_?\w{0,20}|otp\w{0,10}|is_staff|is_superuser|is_admin|session_?(?:key|data)|hash|salt)$/

/**
 * Tells whether a text is a condition on a column that a query reaches through other tables: `author__user__groups__name__in`,
 * `created_by__password__startswith`. Lists of things are filtered by their own columns, or by those of one neighbour.
 */
export function isOrmLookup(text: string): boolean {
  if (text.length > 200 || !/^[a-z]\w*__[a-z]\w*$/i.test(text)) return false
  const parts = text.toLowerCase().split('__')
  const lookup = parts.at(-1) ?? ''
  if (parts.some((part) => part === '')) return false
  if (keys.has(lookup)) return true
  if (secret.test(lookup) && parts.length > 2) return true
  return probing.has(lookup) && (parts.length > 3 || parts.slice(0, -1).some((part) => secret.test(part)))
}
