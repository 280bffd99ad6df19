import { Fault } from '#core/fault.ts'

/** EC2's model lists no errors: these are the codes that its operations answer here. Source: EC2 API Reference, "Error codes". */
type Code =
  | 'CannotDelete'
  | 'DependencyViolation'
  | 'DryRunOperation'
  | 'FilterLimitExceeded'
  | 'FlowLogAlreadyExists'
  | 'FlowLogsLimitExceeded'
  | 'IdempotentParameterMismatch'
  | 'InvalidFlowLogId.NotFound'
  | 'InvalidParameter'
  | 'InvalidGroup.Duplicate'
  | 'InvalidGroup.InUse'
  | 'InvalidGroup.NotFound'
  | 'InvalidGroupId.Malformed'
  | 'InvalidID'
  | 'InvalidNetworkInterfaceID.NotFound'
  | 'InvalidNextToken'
  | 'InvalidParameterCombination'
  | 'InvalidParameterValue'
  | 'InvalidPermission.Duplicate'
  | 'InvalidPermission.NotFound'
  | 'InvalidSecurityGroupRuleId.NotFound'
  | 'InvalidSubnet.Conflict'
  | 'InvalidSubnet.Range'
  | 'InvalidSubnetID.NotFound'
  | 'InvalidVpc.Range'
  | 'InvalidVpcID.NotFound'
  | 'MissingParameter'
  | 'RulesPerSecurityGroupLimitExceeded'
  | 'SecurityGroupLimitExceeded'
  | 'SubnetLimitExceeded'
  | 'TagLimitExceeded'
  | 'UnsupportedOperation'
  | 'VPCIdNotSpecified'
  | 'VpcLimitExceeded'

const fault = (code: Code, message: string, status?: number): Fault => new Fault(code, message, status)

/**
 * Every fault of EC2 with AWS's words for it, as public issue trackers quote them.
 * Differs: the words of `unsupported`, `combination`, `portRange`, `peerMissing`, `unknownAttribute`, `parameter`, `logFormat`, `logDestination` and of the limits are our own.
 */
export const faults = {
  dryRun: () => fault('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412),
  missingParameter: (parameter: string) =>
    fault('MissingParameter', `The request must contain the parameter ${parameter}`),
  invalidValue: (value: string, parameter: string, why: string) =>
    fault('InvalidParameterValue', `Value (${value}) for parameter ${parameter} is invalid. ${why}`),
  combination: (problem: string) => fault('InvalidParameterCombination', problem),
  unsupported: (what: string) => fault('UnsupportedOperation', `${what} is not supported.`),

  tooManyIds: (parameter: string, max: number) =>
    fault('InvalidParameterValue', `The parameter ${parameter} may name ${max} ids.`),

  // Lists
  invalidFilter: (name: string) => fault('InvalidParameterValue', `The filter '${name}' is invalid`),
  filterWithoutValues: (name: string) => fault('InvalidParameterValue', `The filter '${name}' needs values`),
  tooManyFilterValues: (max: number) =>
    fault('FilterLimitExceeded', `The maximum number of filter values specified on a single call is ${max}`),
  invalidToken: () => fault('InvalidNextToken', 'The token is invalid.'),
  pageSize: (given: number, min: number, max: number) =>
    fault(
      'InvalidParameterValue',
      `Value ( ${given} ) for parameter maxResults is invalid. Expecting a value between ${min} and ${max}.`,
    ),
  idsAndPages: () =>
    fault('InvalidParameterCombination', 'The parameter MaxResults cannot be used with the parameter of ids'),

  // VPCs and subnets
  noSuchVpc: (id: string) => fault('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`),
  noDefaultVpc: () => fault('VPCIdNotSpecified', 'No default VPC for this user'),
  notACidr: (cidr: string) =>
    fault(
      'InvalidParameterValue',
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    ),
  vpcRange: (cidr: string) => fault('InvalidVpc.Range', `The CIDR '${cidr}' is invalid.`),
  vpcHasDependencies: (id: string) =>
    fault('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`),
  vpcLimit: () => fault('VpcLimitExceeded', 'The maximum number of VPCs has been reached.'),
  noSuchSubnet: (id: string) => fault('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`),
  subnetRange: (cidr: string) => fault('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`),
  subnetConflict: (cidr: string) =>
    fault('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`),
  subnetHasDependencies: (id: string) =>
    fault('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`),
  subnetLimit: () => fault('SubnetLimitExceeded', 'The maximum number of subnets has been reached.'),
  noSuchZone: (zone: string, zones: readonly string[]) =>
    fault(
      'InvalidParameterValue',
      `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`,
    ),

  // Security groups
  noSuchGroup: (id: string) => fault('InvalidGroup.NotFound', `The security group '${id}' does not exist`),
  noSuchGroupName: (name: string, vpcId: string) =>
    fault('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC '${vpcId}'`),
  malformedGroupId: (id: string) =>
    fault('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`),
  otherNetwork: () =>
    fault('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.'),
  groupExists: (name: string, vpcId: string) =>
    fault('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`),
  reservedGroupName: (name: string) =>
    fault('InvalidParameterValue', `Cannot use reserved security group name: ${name}`),
  groupNameForm: () =>
    fault(
      'InvalidParameterValue',
      'Invalid security group name. Valid names are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    ),
  groupNameLikeId: (name: string) =>
    fault(
      'InvalidParameterValue',
      `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
    ),
  groupDescriptionForm: () =>
    fault(
      'InvalidParameterValue',
      'Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    ),
  groupInUse: (id: string) => fault('DependencyViolation', `resource ${id} has a dependent object`),
  defaultGroup: (id: string) =>
    fault('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`),
  groupLimit: () =>
    fault('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.'),

  // Rules
  unknownProtocol: (protocol: string) =>
    fault('InvalidParameterValue', `Invalid value '${protocol}' for IP protocol. Unknown protocol.`),
  portsMissing: () =>
    fault(
      'InvalidParameterValue',
      'Invalid value for portRange. Must specify both from and to ports with TCP/UDP.',
    ),
  portRange: (protocol: string, from: number, to: number) =>
    fault('InvalidParameterValue', `Invalid ${protocol} port range (${from}, ${to}).`),
  icmpRange: (type: number, code: number) =>
    fault('InvalidParameterValue', `Invalid ICMP type and code (${type}, ${code}).`),
  peerMissing: () => fault('MissingParameter', 'A permission needs at least one IP range or security group.'),
  malformedCidr: (cidr: string) => fault('InvalidParameterValue', `CIDR block ${cidr} is malformed`),
  ruleDescriptionForm: () =>
    fault(
      'InvalidParameterValue',
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    ),
  repeatedRule: () => fault('InvalidParameterValue', 'The same permission must not appear multiple times'),
  ruleExists: (rule: string) =>
    fault('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`),
  noSuchRule: () =>
    fault('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.'),
  noSuchRuleId: (id: string) =>
    fault('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`),
  ruleLimit: () =>
    fault(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    ),

  // Flow logs
  parameter: (problem: string) => fault('InvalidParameter', problem),
  emptyParameter: (name: string, other: string, value: string) =>
    fault('InvalidParameter', `${name} can't be empty if ${other} is ${value}.`),
  logFormat: (format: string) =>
    fault(
      'InvalidParameter',
      `The log format '${format}' is invalid: fields of versions 2 to 5 are known, once each.`,
    ),
  logDestination: (destination: string) =>
    fault('InvalidParameter', `LogDestination: ${destination} is invalid.`),
  flowLogExists: () =>
    fault(
      'FlowLogAlreadyExists',
      'Error. There is an existing Flow Log with the same configuration and log destination.',
    ),
  otherParameters: () =>
    fault(
      'IdempotentParameterMismatch',
      'The request uses the same client token as a previous, but non-identical request.',
    ),
  flowLogLimit: () => fault('FlowLogsLimitExceeded', 'The maximum number of flow logs has been reached.'),
  noSuchFlowLog: (id: string) =>
    fault(
      'InvalidFlowLogId.NotFound',
      `These flow log ids in the input list are not found: [TotalCount: 1] ${id}`,
    ),

  // Tags and the rest
  notTaggable: (type: string) =>
    fault('InvalidParameterValue', `'${type}' is not a valid taggable resource type for this operation.`),
  invalidId: (id: string) => fault('InvalidID', `The ID '${id}' is not valid`),
  reservedTagKey: () =>
    fault('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use"),
  tagKeyLength: () => fault('InvalidParameterValue', 'Tag key length must be between 1 and 128 characters.'),
  tagValueLength: () =>
    fault('InvalidParameterValue', 'Tag value exceeds the maximum length of 256 characters'),
  repeatedTagKey: (key: string) => fault('InvalidParameterValue', `Duplicate tag key '${key}' specified.`),
  tagLimit: () => fault('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.'),
  noSuchInterface: (id: string) =>
    fault('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`),
  unknownAttribute: (name: string) =>
    fault('InvalidParameterValue', `The account attribute '${name}' is not known.`),
} as const
