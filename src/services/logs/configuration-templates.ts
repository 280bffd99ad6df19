import { accessLogFields } from '#core/access-log-fields.ts'
import type { ConfigurationTemplate, DescribeConfigurationTemplatesRequest } from '#models/logs.d.ts'
import { onAll } from './access.ts'
import { logs } from './declare.ts'

/** All that can be delivered here: a load balancer's access log to a log group. Differs: AWS does not publish its `resourceType`. */
const template = {
  service: 'elasticloadbalancing',
  logType: 'ALB_ACCESS_LOGS',
  resourceType: 'elasticloadbalancing:loadbalancer/app',
  deliveryDestinationType: 'CWL',
  defaultDeliveryConfigValues: { recordFields: accessLogFields, fieldDelimiter: ' ' },
  allowedFields: accessLogFields.map((name) => ({ name, mandatory: false })),
  allowedOutputFormats: ['plain', 'json'],
  allowedActionForAllowVendedLogsDeliveryForResource:
    'elasticloadbalancing:AllowVendedLogDeliveryForResource',
} as const satisfies ConfigurationTemplate

/** Tells what deliveries can be made, and how they are configured. */
export const DescribeConfigurationTemplates = logs('DescribeConfigurationTemplates', {
  access: () => onAll('DescribeConfigurationTemplates'),
  run: ({ input }) => ({ configurationTemplates: isAsked(input) ? [template] : [] }),
})

function isAsked(asked: DescribeConfigurationTemplatesRequest): boolean {
  const { service, logTypes, resourceTypes, deliveryDestinationTypes, nextToken } = asked
  const fits = (wanted: readonly string[] | undefined, value: string): boolean =>
    wanted?.includes(value) ?? true
  return (
    nextToken === undefined &&
    fits(service === undefined ? undefined : [service], template.service) &&
    fits(logTypes, template.logType) &&
    fits(resourceTypes, template.resourceType) &&
    fits(deliveryDestinationTypes, template.deliveryDestinationType)
  )
}
