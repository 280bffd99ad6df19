import { account, region, strangerAccount } from '../places.ts'
import { anomalous, type Technique } from '../technique.ts'

const trusting = (principal: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  })
const stranger = { AWS: `arn:aws:iam::${strangerAccount}:root` }
const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess'
const key = (userName: string) => ({
  accessKey: { userName, accessKeyId: 'AKIAIOSFODNN7EXAMPLE', status: 'Active' },
})

/** Persistence, privilege escalation. */
export const persistenceTechniques: readonly Technique[] = [
  {
    name: 'iam-backdoor-role',
    types: ['Persistence:IAMUser/RoleTrustsForeignAccount', anomalous('Persistence')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'iam:UpdateAssumeRolePolicy',
        request: { roleName: 'billing-role', policyDocument: trusting(stranger) },
      }),
    twin: 'the runner lets another role of the own account in',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'iam:UpdateAssumeRolePolicy',
        request: {
          roleName: 'billing-role',
          policyDocument: trusting({ AWS: `arn:aws:iam::${account}:role/orders-role` }),
        },
      }),
  },
  {
    name: 'iam-backdoor-user',
    types: ['Persistence:IAMUser/AccessKeyCreatedForOtherUser', anomalous('Persistence')],
    attack: ({ call, thief }) =>
      call(thief, { api: 'iam:CreateAccessKey', request: { userName: 'dev11' }, response: key('dev11') }),
    twin: 'the developer makes a second key for himself',
    nearMiss: ({ call, developer }) =>
      call(developer, { api: 'iam:CreateAccessKey', request: { userName: 'dev5' }, response: key('dev5') }),
  },
  {
    name: 'iam-create-admin-user',
    types: [
      'PrivilegeEscalation:IAMUser/AdministratorRightsGranted',
      anomalous('PrivilegeEscalation'),
      anomalous('Persistence'),
    ],
    attack: ({ call, thief }) => {
      call(thief, {
        api: 'iam:CreateUser',
        request: { userName: 'support-tool' },
        response: { user: { userName: 'support-tool' } },
      })
      call(thief, {
        api: 'iam:AttachUserPolicy',
        request: { userName: 'support-tool', policyArn: administratorAccess },
      })
      call(thief, {
        api: 'iam:CreateAccessKey',
        request: { userName: 'support-tool' },
        response: key('support-tool'),
      })
    },
    twin: 'an administrator makes a user for a new colleague',
    nearMiss: ({ call, administrator }) => {
      call(administrator, {
        api: 'iam:CreateUser',
        request: { userName: 'dev50' },
        response: { user: { userName: 'dev50' } },
      })
      call(administrator, {
        api: 'iam:AddUserToGroup',
        request: { userName: 'dev50', groupName: 'developers' },
      })
    },
  },
  {
    name: 'iam-create-backdoor-role',
    types: [
      'Persistence:IAMUser/RoleTrustsForeignAccount',
      'PrivilegeEscalation:IAMUser/AdministratorRightsGranted',
      anomalous('Persistence'),
    ],
    attack: ({ call, thief }) => {
      call(thief, {
        api: 'iam:CreateRole',
        request: { roleName: 'x', assumeRolePolicyDocument: trusting(stranger) },
        response: { role: { roleName: 'x' } },
      })
      call(thief, { api: 'iam:AttachRolePolicy', request: { roleName: 'x', policyArn: administratorAccess } })
    },
    twin: 'the runner makes a role for a function',
    nearMiss: ({ call, runner }) => {
      call(runner, {
        api: 'iam:CreateRole',
        request: {
          roleName: 'invoices',
          assumeRolePolicyDocument: trusting({ Service: 'lambda.amazonaws.com' }),
        },
        response: { role: { roleName: 'invoices' } },
      })
      call(runner, {
        api: 'iam:AttachRolePolicy',
        request: {
          roleName: 'invoices',
          policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
        },
      })
    },
  },
  {
    name: 'iam-create-user-login-profile',
    types: ['Persistence:IAMUser/LoginProfileCreatedForOtherUser', anomalous('Persistence')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'iam:CreateLoginProfile',
        request: { userName: 'dev11', passwordResetRequired: false },
        response: { loginProfile: { userName: 'dev11' } },
      }),
    twin: 'an administrator does it for a new colleague, who must change it',
    nearMiss: ({ call, administrator }) =>
      call(administrator, {
        api: 'iam:CreateLoginProfile',
        request: { userName: 'dev50', passwordResetRequired: true },
        response: { loginProfile: { userName: 'dev50', passwordResetRequired: true } },
      }),
  },
  {
    name: 'iam-update-user-login-profile',
    types: ['PrivilegeEscalation:IAMUser/PasswordChangedForOtherUser', anomalous('Persistence')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'iam:UpdateLoginProfile',
        request: { userName: 'administrator-break-glass', passwordResetRequired: false },
      }),
    twin: 'an administrator helps a developer who forgot it',
    nearMiss: ({ call, administrator }) =>
      call(administrator, {
        api: 'iam:UpdateLoginProfile',
        request: { userName: 'dev12', passwordResetRequired: true },
      }),
  },
  {
    name: 'lambda-backdoor-function',
    types: [
      'Policy:Lambda/FunctionPublicAccessGranted',
      'Persistence:Lambda/FunctionSharedExternally',
      anomalous('Persistence'),
    ],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'lambda:AddPermission20150331v2',
        request: {
          functionName: 'thumbnails',
          statementId: 'x',
          action: 'lambda:InvokeFunction',
          principal: '*',
        },
      }),
    twin: 'the runner lets a bucket of the own account call it',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'lambda:AddPermission20150331v2',
        request: {
          functionName: 'thumbnails',
          statementId: 'uploads',
          action: 'lambda:InvokeFunction',
          principal: 's3.amazonaws.com',
          sourceAccount: account,
          sourceArn: 'arn:aws:s3:::example-uploads',
        },
      }),
  },
  {
    name: 'lambda-layer-extension',
    types: ['Persistence:Lambda/ForeignCodeAdded', anomalous('Persistence')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'lambda:UpdateFunctionConfiguration20150331v2',
        request: {
          functionName: 'thumbnails',
          layers: [`arn:aws:lambda:${region}:${strangerAccount}:layer:extension:1`],
        },
      }),
    twin: 'the runner adds a layer of the own account',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'lambda:UpdateFunctionConfiguration20150331v2',
        request: {
          functionName: 'thumbnails',
          layers: [`arn:aws:lambda:${region}:${account}:layer:fonts:3`],
        },
      }),
  },
  {
    name: 'lambda-overwrite-code',
    types: ['Persistence:Lambda/FunctionCodeChangedByOther', anomalous('Persistence')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'lambda:UpdateFunctionCode20150331v2',
        request: {
          functionName: 'thumbnails',
          zipFile: 'HIDDEN_DUE_TO_SECURITY_REASONS',
          publish: true,
          dryRun: false,
        },
        response: { functionName: 'thumbnails' },
      }),
    twin: 'the runner deploys a version from the bucket of artifacts',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'lambda:UpdateFunctionCode20150331v2',
        request: {
          functionName: 'thumbnails',
          s3Bucket: 'example-artifacts',
          s3Key: 'thumbnails.zip',
          publish: true,
          dryRun: false,
        },
        response: { functionName: 'thumbnails' },
      }),
  },
  {
    name: 'rolesanywhere-create-trust-anchor',
    types: ['Persistence:IAMUser/TrustAnchorCreated', anomalous('Persistence')],
    attack: ({ call, thief }) => {
      call(thief, {
        api: 'rolesanywhere:CreateTrustAnchor',
        request: { name: 'x', enabled: true, source: { sourceType: 'CERTIFICATE_BUNDLE' } },
      })
      call(thief, {
        api: 'rolesanywhere:CreateProfile',
        request: { name: 'x', roleArns: [`arn:aws:iam::${account}:role/billing-role`] },
      })
    },
    twin: 'it was refused, to a developer who tried it out',
    nearMiss: ({ call, developer }) =>
      call(developer, {
        api: 'rolesanywhere:CreateTrustAnchor',
        request: { name: 'try', source: { sourceType: 'CERTIFICATE_BUNDLE' } },
        error: 'AccessDeniedException',
      }),
  },
  {
    name: 'sts-federation-token',
    types: ['Persistence:IAMUser/FederationTokenTaken', anomalous('InitialAccess')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'sts:GetFederationToken',
        request: {
          name: 'x',
          policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        },
        response: { federatedUser: { federatedUserId: `${account}:x` } },
      }),
    twin: 'the developer gets a session with a second factor',
    nearMiss: ({ call, developer }) =>
      call(developer, {
        api: 'sts:GetSessionToken',
        request: { serialNumber: `arn:aws:iam::${account}:mfa/dev5`, durationSeconds: 3600 },
        response: { credentials: { accessKeyId: 'ASIAIOSFODNN7EXAMPLE' } },
      }),
  },
]
