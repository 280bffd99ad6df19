import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:EC2/DNSLogsDisabled'

/** DNS queries are no longer logged. Source: Route 53 Resolver API Reference. */
export const resolverQueryLogs = callDetector({
  name: 'resolver-query-logs',
  events: [
    'route53resolver:DeleteResolverQueryLogConfig',
    'route53resolver:DisassociateResolverQueryLogConfig',
  ],
  finds: {
    [type]: {
      severity: 6,
      title: 'Logging of DNS queries was switched off.',
      description: '{userName} called {api} on the query logging configuration {config}.',
      remediation: [
        {
          text: 'Associate the configuration with the VPC again.',
          command:
            'aws route53resolver associate-resolver-query-log-config --resolver-query-log-config-id {config} --resource-id {vpc} --region {region}',
        },
        ...undo(
          'See which configurations are left, and create again what is missing.',
          'aws route53resolver list-resolver-query-log-configs --region {region}',
        ),
      ],
    },
  },
  see({ requestParameters }) {
    const config = text(requestParameters, 'resolverQueryLogConfigId') ?? ''
    const vpc = text(requestParameters, 'resourceId')
    return { type, about: config, values: { config, ...(vpc && { vpc }) } }
  },
})
