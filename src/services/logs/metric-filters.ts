import type { MetricFilter, MetricTransformation } from '#models/logs.d.ts'
import { onAll, onGroup } from './access.ts'
import { findGroup, groupArn } from './arns.ts'
import { logs } from './declare.ts'
import { type MetricFilterDocument, within } from './documents.ts'
import { faults } from './faults.ts'
import { newFilter } from './filters.ts'
import { pageOfTable } from './paging.ts'
import { patternOf } from './patterns.ts'
import { quotas } from './quotas.ts'

/** Shows which messages a pattern matches, and what it extracts from them. Faults: InvalidParameterException. */
export const TestMetricFilter = logs('TestMetricFilter', {
  access: () => onAll('TestMetricFilter'),
  run({ input: { filterPattern, logEventMessages } }) {
    const { matches, extract } = patternOf(filterPattern)
    return {
      matches: logEventMessages.flatMap((eventMessage, index) =>
        matches(eventMessage)
          ? [{ eventNumber: index + 1, eventMessage, extractedValues: extract(eventMessage) }]
          : [],
      ),
    }
  },
})

/** Makes a filter that counts what it matches as a metric, from now on. Faults: InvalidParameterException; LimitExceededException. */
export const PutMetricFilter = logs('PutMetricFilter', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'PutMetricFilter', group)],
  prepare: ({ call }) => call.parts.logs.arrived(),
  run({ target: group, input, call, prepared: cursor }) {
    if (input.emitSystemFieldDimensions?.length)
      throw faults.invalid('emitSystemFieldDimensions is not supported.')
    const id = within(group, input.filterName)
    const known = call.metricFilters.get(id)
    if (!known && call.metricFilters.list({ prefix: within(group, '') }).length >= quotas.metricFilters)
      throw faults.limit()
    const { names } = patternOf(input.filterPattern)
    for (const transformation of input.metricTransformations) requireTransformation(transformation, names)
    call.metricFilters.put(id, {
      ...newFilter(call, group, input, known, cursor),
      transformations: input.metricTransformations,
    })
    return {}
  },
})

export const DeleteMetricFilter = logs('DeleteMetricFilter', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'DeleteMetricFilter', group)],
  run({ target: group, input: { filterName }, call }) {
    const id = within(group, filterName)
    if (!call.metricFilters.get(id)) throw faults.noFilter('metric')
    call.metricFilters.delete(id)
    return {}
  },
})

/** Lists the metric filters of a group, or all, of one metric if one is named. */
export const DescribeMetricFilters = logs('DescribeMetricFilters', {
  target: ({ logGroupName }, call) =>
    logGroupName === undefined ? { arn: groupArn(call, '*') } : findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'DescribeMetricFilters', group)],
  run({ input, call }) {
    const { logGroupName, filterNamePrefix = '', metricName, metricNamespace, limit, nextToken } = input
    if ((metricName === undefined) !== (metricNamespace === undefined))
      throw faults.invalid('metricName and metricNamespace go together.')
    const group = logGroupName === undefined ? undefined : call.groups.get(logGroupName)
    const { items, ...more } = pageOfTable(call.metricFilters, {
      ...{ nextToken, limit },
      ...(group && { prefix: within(group, filterNamePrefix) }),
      where: ({ filterName, transformations }) =>
        filterName.startsWith(filterNamePrefix) &&
        (metricName === undefined ||
          transformations.some(
            (one) => one.metricName === metricName && one.metricNamespace === metricNamespace,
          )),
    })
    return { metricFilters: items.map(shown), ...more }
  },
})

function shown({
  filterName,
  filterPattern,
  transformations,
  createdAtMs,
  groupName,
}: MetricFilterDocument): MetricFilter {
  return {
    filterName,
    filterPattern,
    metricTransformations: transformations,
    creationTime: createdAtMs,
    logGroupName: groupName,
  }
}

/** Units that metrics are kept in. */
const units: ReadonlySet<string> = new Set(['Count', 'Seconds', 'Bytes', 'None'])

function requireTransformation(
  { metricValue, metricNamespace, dimensions = {}, defaultValue, unit }: MetricTransformation,
  names: (name: string) => boolean,
): void {
  const unknown = [metricValue, ...Object.values(dimensions)].find(
    (text) => text.startsWith('$') && !names(text),
  )
  if (unknown !== undefined)
    throw faults.invalid(
      `Invalid metric transformation: the filter pattern has no '${unknown}' that could be extracted.`,
    )
  if (!metricValue.startsWith('$') && !Number.isFinite(Number(metricValue || 'x')))
    throw faults.invalid(
      `Invalid metric transformation: the metric value '${metricValue}' is no number and no $ reference.`,
    )
  if (/^AWS\//i.test(metricNamespace))
    throw faults.invalid('Invalid metric transformation: the namespace begins with AWS/, which is reserved.')
  if (Object.keys(dimensions).length > quotas.dimensions)
    throw faults.invalid(`Invalid metric transformation: there may be ${quotas.dimensions} dimensions.`)
  if (defaultValue !== undefined && Object.keys(dimensions).length > 0)
    throw faults.invalid(
      'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
    )
  if (unit !== undefined && !units.has(unit))
    throw faults.invalid(`Invalid metric transformation: the unit ${unit} is not supported.`)
}
