import type { RuleCondition, RuleTransform } from '#core/front-door.ts'
import { addressSet, checkRegex } from '#engines/waf/index.ts'
import type { RuleCondition as Given, RuleTransform as GivenTransform } from '#models/elbv2.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Source: ELB User Guide for Application Load Balancers, "Condition types for listener rules". */
const characters = {
  host: /^[A-Za-z0-9\-.*?]{1,128}$/,
  path: /^[A-Za-z0-9_\-.$/~"'@:+&()!,;=*?%]{1,128}$/,
  header: /^[\x20-\x7e]{1,128}$/,
  headerName: /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,40}$/,
  method: /^[A-Z\-_]{1,40}$/,
  query: /^[\x20-\x7e]{1,128}$/,
} as const

/** A rule's conditions, checked. Faults: ValidationError; InvalidConfigurationRequest for what is not supported. */
export function readConditions(given: readonly Given[]): readonly RuleCondition[] {
  if (given.length === 0) throw faults.validation('A condition must be specified')
  const conditions = given.map(readCondition)
  if (conditions.reduce((sum, { values }) => sum + values.length, 0) > quotas.valuesPerRule)
    throw faults.validation(`A rule can only have '${quotas.valuesPerRule}' condition values`)
  const wildcards = conditions.flatMap(wildcardTexts).join('').replace(/[^*?]/g, '').length
  if (wildcards > quotas.wildcardsPerRule)
    throw faults.validation(`A rule can only have '${quotas.wildcardsPerRule}' wildcards`)
  for (const field of ['host-header', 'path-pattern', 'http-request-method', 'source-ip'] as const)
    if (conditions.filter((condition) => condition.field === field).length > 1)
      throw faults.validation(`A rule can only have one '${field}' condition`)
  return conditions
}

/** The texts in which wildcards mean something: not an expression's. */
function wildcardTexts(condition: RuleCondition): readonly string[] {
  if ('match' in condition && condition.match === 'regex') return []
  return condition.values.map((value: RuleCondition['values'][number]) =>
    typeof value === 'string' ? value : `${value.key ?? ''}${value.value}`,
  )
}

function readCondition(given: Given): RuleCondition {
  const { Field = '', Values } = given
  switch (Field) {
    case 'host-header':
      return matching('host-header', given.HostHeaderConfig ?? given, characters.host)
    case 'path-pattern':
      return matching('path-pattern', given.PathPatternConfig ?? given, characters.path)
    case 'http-header': {
      const name = given.HttpHeaderConfig?.HttpHeaderName ?? ''
      if (!characters.headerName.test(name) || name.toLowerCase() === 'host')
        throw faults.validation(`The HTTP header name '${name}' is not valid`)
      const { match, values } = matched(given.HttpHeaderConfig ?? {}, characters.header, 'http-header')
      return { field: 'http-header', name, match, values }
    }
    case 'http-request-method':
      return {
        field: Field,
        values: texts(given.HttpRequestMethodConfig?.Values ?? Values, characters.method, Field),
      }
    case 'source-ip': {
      const values = given.SourceIpConfig?.Values ?? Values ?? []
      if (values.length === 0) throw emptyValues(Field)
      for (const value of values)
        if (!isBlock(value)) throw faults.validation(`The source IP '${value}' must be in CIDR format`)
      return { field: Field, values }
    }
    case 'query-string': {
      const pairs = given.QueryStringConfig?.Values ?? []
      if (pairs.length === 0) throw emptyValues(Field)
      for (const { Key, Value = '' } of pairs)
        if (!characters.query.test(Value) || (Key !== undefined && !characters.query.test(Key)))
          throw faults.validation(`The query string value '${Value}' is not valid`)
      return { field: Field, values: pairs.map(({ Key, Value = '' }) => ({ key: Key, value: Value })) }
    }
    default:
      throw faults.validation(
        `Condition field '${Field}' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'`,
      )
  }
}

/** A block that the edge will read, and as everybody reads it: `010.0.0.0` is 8.0.0.0 to some. */
function isBlock(text: string): boolean {
  return addressSet([text]).ok && !/(?:^|\.)0\d/.test(text)
}

interface Matching {
  readonly Values?: readonly string[] | undefined
  readonly RegexValues?: readonly string[] | undefined
}

function matching(field: 'host-header' | 'path-pattern', given: Matching, form: RegExp): RuleCondition {
  return { field, ...matched(given, form, field) }
}

function matched(
  { Values, RegexValues }: Matching,
  form: RegExp,
  field: string,
): { readonly match: 'wildcard' | 'regex'; readonly values: readonly string[] } {
  if (RegexValues === undefined || RegexValues.length === 0)
    return { match: 'wildcard', values: texts(Values, form, field) }
  if (Values !== undefined && Values.length > 0)
    throw faults.validation('A condition has either values or regular expressions')
  for (const value of RegexValues) requireRegex(value)
  return { match: 'regex', values: RegexValues }
}

function texts(values: readonly string[] | undefined, form: RegExp, field: string): readonly string[] {
  if (values === undefined || values.length === 0) throw emptyValues(field)
  for (const value of values)
    if (!form.test(value)) throw faults.validation(`The ${field} value '${value}' is not valid`)
  return values
}

function emptyValues(field: string) {
  return faults.validation(`A condition value must be specified for '${field}'`)
}

function requireRegex(value: string): void {
  const checked = checkRegex(value)
  if (!checked.ok)
    throw faults.validation(`The regular expression '${value}' is not valid: ${checked.refusal.reason}`)
}

/** Source: ELBv2 API Reference, RewriteConfig. */
const replaceCharactersMax = 1_024

/** A rule's transforms, checked: of each type one at most. Faults: ValidationError. */
export function readTransforms(given: readonly GivenTransform[] = []): readonly RuleTransform[] {
  if (new Set(given.map(({ Type }) => Type)).size < given.length)
    throw faults.validation('A rule can only have one transform of each type')
  return given.map(({ Type, HostHeaderRewriteConfig, UrlRewriteConfig }) => {
    const config = Type === 'host-header-rewrite' ? HostHeaderRewriteConfig : UrlRewriteConfig
    const [rewrite, second] = config?.Rewrites ?? []
    if (rewrite === undefined || second !== undefined)
      throw faults.validation('A transform must have exactly one rewrite')
    requireRegex(rewrite.Regex)
    if (rewrite.Replace.length > replaceCharactersMax)
      throw faults.validation(`A replacement may have ${replaceCharactersMax} characters`)
    return {
      part: Type === 'host-header-rewrite' ? 'host-header' : 'url',
      regex: rewrite.Regex,
      replace: rewrite.Replace,
    }
  })
}

/** Conditions as answers show them. */
export function conditionsShown(conditions: readonly RuleCondition[]): readonly Given[] {
  return conditions.map((condition) => {
    switch (condition.field) {
      case 'host-header':
        return { Field: condition.field, ...both(condition, 'HostHeaderConfig') }
      case 'path-pattern':
        return { Field: condition.field, ...both(condition, 'PathPatternConfig') }
      case 'http-header':
        return {
          Field: condition.field,
          HttpHeaderConfig: { HttpHeaderName: condition.name, ...valuesShown(condition) },
        }
      case 'http-request-method':
        return { Field: condition.field, HttpRequestMethodConfig: { Values: condition.values } }
      case 'source-ip':
        return { Field: condition.field, SourceIpConfig: { Values: condition.values } }
      case 'query-string':
        return {
          Field: condition.field,
          QueryStringConfig: {
            Values: condition.values.map(({ key, value }) => ({ Key: key, Value: value })),
          },
        }
    }
  })
}

type Matched = Extract<RuleCondition, { readonly match: string }>

/** Values of these two fields are shown twice, as AWS does. */
function both(condition: Matched, config: 'HostHeaderConfig' | 'PathPatternConfig') {
  const shown = valuesShown(condition)
  return { ...shown, [config]: shown }
}

function valuesShown({ match, values }: Matched) {
  return match === 'wildcard' ? { Values: values } : { RegexValues: values }
}

/** Transforms as answers show them. */
export function transformsShown(transforms: readonly RuleTransform[]): readonly GivenTransform[] {
  return transforms.map(({ part, regex, replace }) => {
    const config = { Rewrites: [{ Regex: regex, Replace: replace }] }
    return part === 'host-header'
      ? { Type: 'host-header-rewrite', HostHeaderRewriteConfig: config }
      : { Type: 'url-rewrite', UrlRewriteConfig: config }
  })
}
