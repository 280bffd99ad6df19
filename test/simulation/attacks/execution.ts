import { signIn } from '../staff.ts'
import { anomalous, type Technique, times } from '../technique.ts'
import { agents, user } from '../callers.ts'
import { addresses } from '../places.ts'

const instance = (at: number): string => `i-0aa00000000000${at}0`
const one = (instanceId: string) => ({ instancesSet: { items: [{ instanceId }] } })

/** Initial access, execution, lateral movement. */
export const executionTechniques: readonly Technique[] = [
  {
    name: 'console-login-without-mfa',
    types: [
      'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B',
      'InitialAccess:IAMUser/ConsoleLoginWithoutMFA',
    ],
    attack: ({ call, chance }) =>
      call(
        { identity: user('dev5'), address: addresses.attacker, agent: agents.browser },
        signIn(chance, { mfa: false }),
      ),
    twin: 'the same user signs in with a second factor, from the office',
    nearMiss: ({ call, developer, chance }) =>
      call({ ...developer, identity: user('dev5'), agent: agents.browser }, signIn(chance)),
  },
  {
    name: 'ec2-launch-unusual-instances',
    types: ['Impact:EC2/UnusualInstancesLaunched', anomalous('Impact')],
    attack: ({ call, thief }) =>
      times(8, (at) =>
        call(thief, {
          api: 'ec2:RunInstances',
          request: {
            instanceType: 'p3.8xlarge',
            instancesSet: { items: [{ imageId: 'ami-0abc', minCount: 10, maxCount: 10 }] },
          },
          ...(at < 3
            ? { error: 'Client.InstanceLimitExceeded' }
            : { response: { instancesSet: { items: [{ instanceId: instance(at) }] } } }),
          region: ['eu-central-1', 'us-east-1', 'sa-east-1', 'ap-south-1'][at % 4] ?? '',
        }),
      ),
    twin: 'the infrastructure’s runner launches an ordinary one',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'ec2:RunInstances',
        request: {
          instanceType: 'm6i.large',
          instancesSet: { items: [{ imageId: 'ami-0abc', minCount: 1, maxCount: 1 }] },
        },
        response: { instancesSet: { items: [{ instanceId: instance(1) }] } },
      }),
  },
  {
    name: 'ec2-user-data',
    types: ['Execution:EC2/UserDataChanged', anomalous('Persistence')],
    attack: ({ call, thief }) => {
      call(thief, { api: 'ec2:StopInstances', request: one(instance(1)) })
      call(thief, {
        api: 'ec2:ModifyInstanceAttribute',
        request: { instanceId: instance(1), userData: '<sensitiveDataRemoved>' },
        response: { _return: true },
      })
      call(thief, { api: 'ec2:StartInstances', request: one(instance(1)) })
    },
    twin: 'an administrator makes an instance larger',
    nearMiss: ({ call, administrator }) => {
      call(administrator, { api: 'ec2:StopInstances', request: one(instance(1)) })
      call(administrator, {
        api: 'ec2:ModifyInstanceAttribute',
        request: { instanceId: instance(1), instanceType: { value: 'm6i.xlarge' } },
        response: { _return: true },
      })
      call(administrator, { api: 'ec2:StartInstances', request: one(instance(1)) })
    },
  },
  {
    name: 'sagemaker-update-lifecycle-config',
    types: ['Execution:SageMaker/LifecycleConfigurationChanged', anomalous('Persistence')],
    attack: ({ call, thief }) => {
      const name = { notebookInstanceName: 'analysis' }
      call(thief, {
        api: 'sagemaker:CreateNotebookInstanceLifecycleConfig',
        request: { notebookInstanceLifecycleConfigName: 'x' },
      })
      call(thief, { api: 'sagemaker:StopNotebookInstance', request: name })
      call(thief, { api: 'sagemaker:UpdateNotebookInstance', request: { ...name, lifecycleConfigName: 'x' } })
      call(thief, { api: 'sagemaker:StartNotebookInstance', request: name })
    },
    twin: 'a developer starts a notebook',
    nearMiss: ({ call, developer }) =>
      call(developer, {
        api: 'sagemaker:StartNotebookInstance',
        request: { notebookInstanceName: 'analysis' },
      }),
  },
  {
    name: 'ssm-send-command',
    types: ['Execution:EC2/CommandOnManyInstances', anomalous('PrivilegeEscalation')],
    attack: ({ call, thief }) => {
      call(thief, { api: 'ssm:DescribeInstanceInformation' })
      times(4, (at) =>
        call(thief, {
          api: 'ssm:SendCommand',
          request: {
            documentName: 'AWS-RunShellScript',
            instanceIds: [instance(at)],
            parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
          },
        }),
      )
    },
    twin: 'an administrator runs one command on one instance',
    nearMiss: ({ call, administrator }) =>
      call(administrator, {
        api: 'ssm:SendCommand',
        request: {
          documentName: 'AWS-RunShellScript',
          instanceIds: [instance(1)],
          parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
      }),
  },
  {
    name: 'ssm-start-session',
    types: ['Execution:EC2/SessionsOnManyInstances', anomalous('InitialAccess')],
    attack: ({ call, thief }) =>
      times(6, (at) =>
        call(thief, {
          api: 'ssm:StartSession',
          request: { target: instance(at) },
          response: { sessionId: `x-${at}` },
        }),
      ),
    twin: 'the developer opens a session to one instance',
    nearMiss: ({ call, developer }) =>
      call(developer, {
        api: 'ssm:StartSession',
        request: { target: instance(1) },
        response: { sessionId: 'dev5-1' },
      }),
  },
  {
    name: 'ec2-serial-console-send-ssh-public-key',
    types: ['UnauthorizedAccess:EC2/SerialConsoleUsed', anomalous('InitialAccess')],
    attack: ({ call, thief }) => {
      call(thief, { api: 'ec2:EnableSerialConsoleAccess', response: { serialConsoleAccessEnabled: true } })
      times(3, (at) =>
        call(thief, {
          api: 'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
          request: { instanceId: instance(at), serialPort: 0 },
        }),
      )
    },
    twin: 'an administrator asks whether serial consoles are open',
    nearMiss: ({ call, administrator }) =>
      call(administrator, {
        api: 'ec2:GetSerialConsoleAccessStatus',
        response: { serialConsoleAccessEnabled: false },
      }),
  },
  {
    name: 'ec2-instance-connect',
    types: ['UnauthorizedAccess:EC2/InstanceConnectToMany', anomalous('InitialAccess')],
    attack: ({ call, thief }) =>
      times(6, (at) =>
        call(thief, {
          api: 'ec2-instance-connect:SendSSHPublicKey',
          request: { instanceId: instance(at), instanceOSUser: 'ec2-user' },
        }),
      ),
    twin: 'an administrator connects to one instance',
    nearMiss: ({ call, administrator }) =>
      call(administrator, {
        api: 'ec2-instance-connect:SendSSHPublicKey',
        request: { instanceId: instance(1), instanceOSUser: 'ec2-user' },
      }),
  },
]
