import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/elbv2.d.ts'

const fault = faultsOf<Errors>()

/** Everything that ELBv2 refuses, in one table. AWS's words where public issue trackers quote them, else our own. */
export const faults = {
  validation: (message: string) => fault('ValidationError', message),
  loadBalancerNotFound: (names: readonly string[]) =>
    fault('LoadBalancerNotFoundException', `Load balancers '[${names.join(', ')}]' not found`),
  listenerNotFound: () => fault('ListenerNotFoundException', 'One or more listeners not found'),
  ruleNotFound: () => fault('RuleNotFoundException', 'One or more rules not found'),
  targetGroupNotFound: () => fault('TargetGroupNotFoundException', 'One or more target groups not found'),
  duplicateLoadBalancer: () =>
    fault(
      'DuplicateLoadBalancerNameException',
      'A load balancer with the same name exists, but with different settings',
    ),
  duplicateListener: () =>
    fault('DuplicateListenerException', 'A listener already exists on this port for this load balancer'),
  duplicateTargetGroup: (name: string) =>
    fault(
      'DuplicateTargetGroupNameException',
      `A target group with the same name '${name}' exists, but with different settings`,
    ),
  duplicateTag: (key: string) => fault('DuplicateTagKeysException', `The tag key ${key} stands twice`),
  tooManyTags: () => fault('TooManyTagsException', 'A resource may have 50 tags'),
  priorityInUse: (priority: number) =>
    fault('PriorityInUseException', `Priority '${priority}' is currently in use`),
  targetGroupInUse: (arn: string) =>
    fault('ResourceInUseException', `Target group '${arn}' is currently in use by a listener or a rule`),
  protectedLoadBalancer: (arn: string) =>
    fault(
      'OperationNotPermittedException',
      `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
    ),
  defaultRule: () =>
    fault('OperationNotPermittedException', 'Default rules cannot be deleted or given another priority'),
  subnetNotFound: (id: string) => fault('SubnetNotFoundException', `The subnet ID '${id}' does not exist`),
  invalidSubnet: (message: string) => fault('InvalidSubnetException', message),
  invalidSecurityGroup: (message: string) => fault('InvalidSecurityGroupException', message),
  invalidConfiguration: (message: string) => fault('InvalidConfigurationRequestException', message),
  invalidAction: (message: string) => fault('InvalidLoadBalancerActionException', message),
  authenticationNeedsTls: () =>
    fault(
      'InvalidLoadBalancerActionException',
      "Actions of type 'authenticate-oidc' are supported only on HTTPS listeners",
    ),
  invalidTarget: (message: string) => fault('InvalidTargetException', message),
  certificateNotFound: (arn: string) =>
    fault('CertificateNotFoundException', `Certificate '${arn}' not found`),
  sslPolicyNotFound: (name: string) => fault('SSLPolicyNotFoundException', `SSL policy '${name}' not found`),
  unsupportedProtocol: (protocol: string, scheme: string) =>
    fault('UnsupportedProtocolException', `The protocol '${protocol}' is not supported by ${scheme}`),
  incompatible: () =>
    fault(
      'IncompatibleProtocolsException',
      'The protocols of the listener and of the target group do not go together',
    ),
  otherLoadBalancer: (arn: string) =>
    fault(
      'TargetGroupAssociationLimitException',
      `The following target groups cannot be associated with more than one load balancer: ${arn}`,
    ),
  tooMany: {
    loadBalancers: () => fault('TooManyLoadBalancersException', 'The quota of load balancers is reached'),
    listeners: () =>
      fault('TooManyListenersException', 'The quota of listeners of a load balancer is reached'),
    rules: () => fault('TooManyRulesException', 'The quota of rules of a load balancer is reached'),
    targetGroups: () => fault('TooManyTargetGroupsException', 'The quota of target groups is reached'),
    targets: () => fault('TooManyTargetsException', 'The quota of targets is reached'),
    certificates: () =>
      fault('TooManyCertificatesException', 'The quota of certificates of a load balancer is reached'),
    actions: () => fault('TooManyActionsException', 'A rule has too many actions'),
    uniqueTargetGroups: () =>
      fault(
        'TooManyUniqueTargetGroupsPerLoadBalancerException',
        'The quota of target groups of an action is reached',
      ),
  },
} as const
