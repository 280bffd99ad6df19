import { parseArn } from '#core/arn.ts'

/** CloudTrail's names of resource types, by service and the first part of an ARN's resource; WAFv2's stands behind the scope. */
const types: ReadonlyMap<string, string> = new Map([
  ['iam user', 'AWS::IAM::User'],
  ['iam group', 'AWS::IAM::Group'],
  ['iam role', 'AWS::IAM::Role'],
  ['iam policy', 'AWS::IAM::Policy'],
  ['iam instance-profile', 'AWS::IAM::InstanceProfile'],
  ['iam mfa', 'AWS::IAM::MFADevice'],
  ['iam saml-provider', 'AWS::IAM::SAMLProvider'],
  ['iam oidc-provider', 'AWS::IAM::OIDCProvider'],
  ['iam server-certificate', 'AWS::IAM::ServerCertificate'],
  ['sts assumed-role', 'AWS::STS::AssumedRole'],
  ['sts federated-user', 'AWS::STS::FederatedUser'],
  ['kms key', 'AWS::KMS::Key'],
  ['kms alias', 'AWS::KMS::Alias'],
  ['lambda function', 'AWS::Lambda::Function'],
  ['events rule', 'AWS::Events::Rule'],
  ['events event-bus', 'AWS::Events::EventBus'],
  ['logs log-group', 'AWS::Logs::LogGroup'],
  ['cloudfront distribution', 'AWS::CloudFront::Distribution'],
  ['elasticloadbalancing loadbalancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer'],
  ['elasticloadbalancing targetgroup', 'AWS::ElasticLoadBalancingV2::TargetGroup'],
  ['elasticloadbalancing listener', 'AWS::ElasticLoadBalancingV2::Listener'],
  ['guardduty detector', 'AWS::GuardDuty::Detector'],
  ['organizations account', 'AWS::Organizations::Account'],
  ['organizations ou', 'AWS::Organizations::OrganizationalUnit'],
  ['organizations policy', 'AWS::Organizations::Policy'],
  ['wafv2 webacl', 'AWS::WAFv2::WebACL'],
  ['wafv2 rulegroup', 'AWS::WAFv2::RuleGroup'],
  ['wafv2 ipset', 'AWS::WAFv2::IPSet'],
  ['wafv2 regexpatternset', 'AWS::WAFv2::RegexPatternSet'],
])

/** Services whose ARNs say no type: they name one kind of things. */
const typesOfServices: ReadonlyMap<string, string> = new Map([
  ['sns', 'AWS::SNS::Topic'],
  ['sqs', 'AWS::SQS::Queue'],
])

/** A resource as records and lookups name it. */
export interface NamedResource {
  readonly type: string | undefined
  /** What follows the type in the ARN: a user's name behind its path, a key's id. */
  readonly name: string
  readonly account: string
}

/** What an ARN tells of its resource; undefined for patterns and paths, which name no one thing. */
export function namedResource(text: string): NamedResource | undefined {
  const parts = parseArn(text)
  if (!parts || text.endsWith('/') || text.includes('*')) return undefined
  const { service, account } = parts
  const alone = typesOfServices.get(service)
  // Behind a topic's name stands a subscription's.
  if (alone !== undefined)
    return { type: parts.resource.includes(':') ? undefined : alone, name: parts.resource, account }
  const resource = service === 'wafv2' ? parts.resource.replace(/^(?:regional|global)\//, '') : parts.resource
  const [kind = ''] = resource.split(/[:/]/, 1)
  const rest = resource.slice(kind.length + 1)
  const name = rest === '' ? resource : service === 'iam' ? rest.slice(rest.lastIndexOf('/') + 1) : rest
  return { type: types.get(`${service} ${kind}`), name, account }
}
