import type { Resource } from '#models/guardduty.d.ts'
import { remoteIp } from './api-call.ts'

/** What a record of the network says of the machine that it is about. */
export interface Machine {
  readonly accountId: string
  readonly instanceId?: string | undefined
  readonly interfaceId?: string | undefined
  readonly vpcId?: string | undefined
  readonly address: string
}

/** What tells it from other machines: its instance, else its interface, else its address. */
export function machineId({ instanceId, interfaceId, address }: Machine): string {
  return instanceId ?? interfaceId ?? address
}

const functionArn = /^arn:[^:]+:lambda:([^:]+):[^:]*:function:([^:]+)/

/** Its instance is named by the ARN of a function where it is one. */
function isFunction(instanceId: string | undefined): boolean {
  return instanceId !== undefined && instanceId.startsWith('arn:') && functionArn.test(instanceId)
}

/** The machine as findings show it: a Lambda function where its instance is named by the ARN of one, else an instance. */
export function machineResource(machine: Machine): Resource {
  const { instanceId, interfaceId, vpcId, address } = machine
  const [, , functionName] = functionArn.exec(instanceId ?? '') ?? []
  if (functionName !== undefined)
    return {
      ResourceType: 'Lambda',
      LambdaDetails: {
        FunctionArn: instanceId,
        FunctionName: functionName,
        ...(vpcId !== undefined && { VpcConfig: { VpcId: vpcId } }),
      },
    }
  const { IpAddressV4, IpAddressV6 } = remoteIp(address)
  return {
    ResourceType: 'Instance',
    InstanceDetails: {
      InstanceId: machineId(machine),
      NetworkInterfaces: [
        {
          ...(interfaceId !== undefined && { NetworkInterfaceId: interfaceId }),
          ...(IpAddressV4 !== undefined && { PrivateIpAddress: IpAddressV4 }),
          ...(IpAddressV6 !== undefined && { Ipv6Addresses: [IpAddressV6] }),
          ...(vpcId !== undefined && { VpcId: vpcId }),
        },
      ],
    },
  }
}

/** What texts and commands name of it. */
export function machineValues(machine: Machine): Readonly<Record<string, string>> {
  const { accountId, instanceId, interfaceId, vpcId, address } = machine
  const [, region, functionName] = functionArn.exec(instanceId ?? '') ?? []
  return {
    accountId,
    machine: functionName ?? machineId(machine),
    localIp: address,
    ...(instanceId?.startsWith('i-') && { instanceId }),
    ...(interfaceId?.startsWith('eni-') && { interfaceId }),
    ...(vpcId !== undefined && { vpcId }),
    ...(functionName !== undefined && region !== undefined && { functionName, region }),
  }
}

/** GuardDuty has a form of its own for some types where the machine is a function. Source: "GuardDuty Lambda Protection finding types". */
const ofFunctions = new Set([
  'Backdoor:Lambda/C&CActivity.B',
  'CryptoCurrency:Lambda/BitcoinTool.B',
  'Trojan:Lambda/BlackholeTraffic',
  'Trojan:Lambda/DropPoint',
  'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom',
  'UnauthorizedAccess:Lambda/TorClient',
  'UnauthorizedAccess:Lambda/TorRelay',
])

/**
 * The type for a machine: a function's own form where there is one. Others keep the name, and their resource says that it is a function.
 */
export function typeFor(type: string, { instanceId }: Machine): string {
  if (!isFunction(instanceId)) return type
  const own = type.replace(':EC2/', ':Lambda/').replace('!DNS', '')
  return ofFunctions.has(own) ? own : type
}

/** Who did it and with what, for sequences: the machine, and the other side. */
export function machineEntities(machine: Machine, remote: string | undefined): readonly string[] {
  const { accountId } = machine
  return [
    `instance ${accountId} ${machineId(machine)}`,
    ...(remote === undefined ? [] : [`address ${accountId} ${remote}`]),
  ]
}
