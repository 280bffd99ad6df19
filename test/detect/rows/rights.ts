import {
  account,
  answered,
  as,
  asRole,
  asRoot,
  byService,
  call,
  everything,
  foreign,
  little,
  onBehalf,
  policy,
  refused,
  sister,
} from '../calls.ts'
import type { Rows } from '../check-rows.ts'

const newKey = (userName: string) =>
  answered({ accessKey: { userName, accessKeyId: 'AKIAI44QH8DHBEXAMPLE', status: 'Active' } })
const createKey = (userName: string, more = {}) =>
  call('iam:CreateAccessKey', { userName }, { ...newKey(userName), ...more })
const arn = `arn:aws:iam::${account}:policy/shop`
const createPolicy = (policyDocument: string) =>
  call(
    'iam:CreatePolicy',
    { policyName: 'shop', policyDocument },
    answered({ policy: { arn, defaultVersionId: 'v1' } }),
  )
const createVersion = (policyDocument: string, setAsDefault: boolean, versionId: string) =>
  call(
    'iam:CreatePolicyVersion',
    { policyArn: arn, policyDocument, setAsDefault },
    answered({ policyVersion: { versionId } }),
  )
const managed = (name: string) => ({ policyArn: `arn:aws:iam::aws:policy/${name}` })
const trust = (Principal: unknown, Condition?: object) =>
  policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition })
const role = (document: string, more = {}) =>
  call('iam:CreateRole', { roleName: 'door', assumeRolePolicyDocument: document }, more)
const root = (id: string) => ({ AWS: `arn:aws:iam::${id}:root` })
const device = { serialNumber: `arn:aws:iam::${account}:mfa/bob` }
const anchor = (sourceType: string, sourceData: object) =>
  call(
    'rolesanywhere:CreateTrustAnchor',
    { name: 'ca', source: { sourceType, sourceData } },
    answered({ trustAnchor: { trustAnchorId: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d' } }),
  )
const github = { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` }

const otherKey = 'Persistence:IAMUser/AccessKeyCreatedForOtherUser'
const rootKey = 'Persistence:IAMUser/RootAccessKeyCreated'
const profile = 'Persistence:IAMUser/LoginProfileCreatedForOtherUser'
const password = 'PrivilegeEscalation:IAMUser/PasswordChangedForOtherUser'
const administrator = 'PrivilegeEscalation:IAMUser/AdministratorRightsGranted'
const widened = 'PrivilegeEscalation:IAMUser/PolicyVersionWidened'
const changed = 'PrivilegeEscalation:IAMUser/PolicyVersionChanged'
const trusts = 'Persistence:IAMUser/RoleTrustsForeignAccount'
const trustsAll = 'Persistence:IAMUser/RoleTrustsEveryone'
const group = 'PrivilegeEscalation:IAMUser/UserAddedToGroupBySelf'
const mfa = 'DefenseEvasion:IAMUser/MFADeviceRemoved'
const trustAnchor = 'Persistence:IAMUser/TrustAnchorCreated'
const provider = 'Persistence:IAMUser/IdentityProviderChanged'
const federation = 'Persistence:IAMUser/FederationTokenTaken'

/** Rights are taken, and ways in are made. */
export const rightRows: Rows = {
  fires: [
    [
      provider,
      'a provider whose path looks like a cluster',
      [
        call('iam:AddClientIDToOpenIDConnectProvider', {
          clientID: 'x',
          openIDConnectProviderArn: `arn:aws:iam::${account}:oidc-provider/eve.example/a:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id`,
        }),
      ],
    ],

    [
      'PrivilegeEscalation:IAMUser/PermissionsBoundaryRemoved',
      'of a user',
      [call('iam:DeleteUserPermissionsBoundary', { userName: 'ann' })],
    ],

    [otherKey, 'a key of another user', [createKey('bob')]],
    [otherKey, 'by a role', [createKey('bob', asRole('admin', 'eve'))]],
    [rootKey, 'by the root user', [call('iam:CreateAccessKey', null, { ...newKey('root'), ...asRoot() })]],
    [
      profile,
      'of another user',
      [call('iam:CreateLoginProfile', { userName: 'bob', passwordResetRequired: false })],
    ],
    [password, 'of another user', [call('iam:UpdateLoginProfile', { userName: 'bob' })]],
    [
      administrator,
      'a new user gets AdministratorAccess and a key',
      [
        call('iam:CreateUser', { userName: 'eve' }),
        call('iam:AttachUserPolicy', { userName: 'eve', ...managed('AdministratorAccess') }),
        createKey('eve'),
      ],
    ],
    [
      administrator,
      'an inline policy of a role',
      [call('iam:PutRolePolicy', { roleName: 'shop', policyName: 'p', policyDocument: everything })],
    ],
    [
      administrator,
      'a policy made before',
      [createPolicy(everything), call('iam:AttachGroupPolicy', { groupName: 'devs', policyArn: arn })],
    ],
    [
      administrator,
      'by a template',
      [
        call(
          'iam:AttachRolePolicy',
          { roleName: 'eve', ...managed('AdministratorAccess') },
          onBehalf('cloudformation.amazonaws.com'),
        ),
      ],
    ],
    [widened, 'a version that gives everything', [createVersion(everything, true, 'v2')]],
    [
      widened,
      'an old version that gives everything',
      [
        createPolicy(everything),
        createVersion(little, true, 'v2'),
        call('iam:SetDefaultPolicyVersion', { policyArn: arn, versionId: 'v1' }),
      ],
    ],
    [
      changed,
      'a version that nobody knows',
      [call('iam:SetDefaultPolicyVersion', { policyArn: arn, versionId: 'v1' })],
    ],
    [trusts, 'a role for a foreign account', [role(trust(root(foreign)))]],
    [
      trusts,
      'a role that stands already',
      [
        call('iam:UpdateAssumeRolePolicy', {
          roleName: 'door',
          policyDocument: trust({ AWS: [account, foreign] }),
        }),
      ],
    ],
    [
      trusts,
      'with an external id',
      [role(trust(root(foreign), { StringEquals: { 'sts:ExternalId': 'x' } }))],
    ],
    [trustsAll, 'a star', [role(trust({ AWS: '*' }))]],
    [
      trustsAll,
      'any repository',
      [
        role(
          trust(github, { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } }),
        ),
      ],
    ],
    [group, 'by the own hand', [call('iam:AddUserToGroup', { userName: 'ann', groupName: 'admins' })]],
    [
      mfa,
      'of another user',
      [
        call('iam:DeactivateMFADevice', { userName: 'bob', ...device }),
        call('iam:DeleteVirtualMFADevice', device),
      ],
    ],
    [mfa, 'deleted', [call('iam:DeleteVirtualMFADevice', device)]],
    [trustAnchor, 'an own authority', [anchor('CERTIFICATE_BUNDLE', { x509CertificateData: '-----BEGIN' })]],
    [
      trustAnchor,
      'a private authority of a foreign account',
      [
        anchor('AWS_ACM_PCA', {
          acmPcaArn: `arn:aws:acm-pca:eu-central-1:${foreign}:certificate-authority/1`,
        }),
      ],
    ],
    [
      provider,
      'SAML',
      [
        call(
          'iam:CreateSAMLProvider',
          { name: 'eve', sAMLMetadataDocument: '<x/>' },
          answered({ sAMLProviderArn: `arn:aws:iam::${account}:saml-provider/eve` }),
        ),
      ],
    ],
    [
      provider,
      'OpenID Connect',
      [
        call(
          'iam:CreateOpenIDConnectProvider',
          { url: 'https://eve.example' },
          answered({ openIDConnectProviderArn: `arn:aws:iam::${account}:oidc-provider/eve.example` }),
        ),
      ],
    ],
    [
      provider,
      'named like a cluster',
      [
        call(
          'iam:CreateOpenIDConnectProvider',
          { url: 'https://eve.example/oidc.eks.eu-central-1.amazonaws.com/id/1' },
          answered({ openIDConnectProviderArn: 'arn:aws:iam::111122223333:oidc-provider/eve.example' }),
        ),
      ],
    ],
    [federation, 'everything', [call('sts:GetFederationToken', { name: 'eve', policy: everything })]],
    [
      federation,
      'a policy of AWS',
      [
        call('sts:GetFederationToken', {
          name: 'eve',
          policyArns: [{ arn: managed('AdministratorAccess').policyArn }],
        }),
      ],
    ],
  ],
  silent: [
    [
      administrator,
      'a policy that was narrowed before',
      [
        createPolicy(everything),
        createVersion(little, true, 'v2'),
        call('iam:AttachGroupPolicy', { groupName: 'devs', policyArn: arn }),
      ],
    ],

    [
      'PrivilegeEscalation:IAMUser/PermissionsBoundaryRemoved',
      'put',
      [call('iam:PutUserPermissionsBoundary', { userName: 'ann', permissionsBoundary: 'x' })],
    ],
    [
      'PrivilegeEscalation:IAMUser/PermissionsBoundaryRemoved',
      'refused',
      [call('iam:DeleteUserPermissionsBoundary', { userName: 'ann' }, refused)],
    ],

    [otherKey, 'the own key', [createKey('ann')]],
    [otherKey, 'the own key, without a name', [call('iam:CreateAccessKey', null, newKey('ann'))]],
    [otherKey, 'of a user just made', [call('iam:CreateUser', { userName: 'bob' }), createKey('bob')]],
    [otherKey, 'refused', [createKey('bob', refused)]],
    [
      rootKey,
      'of a user, by the root user',
      [call('iam:CreateUser', { userName: 'bob' }, asRoot()), createKey('bob', asRoot())],
    ],
    [
      profile,
      'of a user just made',
      [call('iam:CreateUser', { userName: 'bob' }), call('iam:CreateLoginProfile', { userName: 'bob' })],
    ],
    [profile, 'refused', [call('iam:CreateLoginProfile', { userName: 'bob' }, refused)]],
    [password, 'the own password', [call('iam:ChangePassword')]],
    [password, 'the own login profile', [call('iam:UpdateLoginProfile', { userName: 'bob' }, as('bob'))]],
    [
      administrator,
      'rights to read',
      [call('iam:AttachUserPolicy', { userName: 'bob', ...managed('ReadOnlyAccess') })],
    ],
    [
      administrator,
      'one bucket',
      [call('iam:PutUserPolicy', { userName: 'bob', policyName: 'p', policyDocument: little })],
    ],
    [
      administrator,
      'a policy made here with such a name',
      [
        call('iam:AttachRolePolicy', {
          roleName: 'r',
          policyArn: `arn:aws:iam::${account}:policy/AdministratorAccess`,
        }),
      ],
    ],
    [
      administrator,
      'a service for its own role',
      [
        call(
          'iam:AttachRolePolicy',
          { roleName: 'r', ...managed('AdministratorAccess') },
          byService('sso.amazonaws.com'),
        ),
      ],
    ],
    [
      administrator,
      'refused',
      [call('iam:AttachUserPolicy', { userName: 'ann', ...managed('AdministratorAccess') }, refused)],
    ],
    [administrator, 'a policy that is attached to nobody', [createPolicy(everything)]],
    [widened, 'a version that gives little', [createVersion(little, true, 'v2')]],
    [widened, 'a wide version that is not in force', [createVersion(everything, false, 'v2')]],
    [
      changed,
      'back to a version that gives little',
      [
        createPolicy(little),
        createVersion(little, true, 'v2'),
        call('iam:SetDefaultPolicyVersion', { policyArn: arn, versionId: 'v1' }),
      ],
    ],
    [trusts, 'an account of the organization', [role(trust(root(sister)))]],
    [trusts, 'the own account', [role(trust(root(account)))]],
    [
      trusts,
      'a service that sets up its own role',
      [role(trust(root(foreign)), byService('sso.amazonaws.com'))],
    ],
    [trusts, 'a service', [role(trust({ Service: 'lambda.amazonaws.com' }))]],
    [trusts, 'refused', [role(trust(root(foreign)), refused)]],
    [
      trustsAll,
      'a star within the organization',
      [role(trust({ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } }))],
    ],
    [
      trustsAll,
      'one repository',
      [role(trust(github, { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:shop/web:*' } }))],
    ],
    [group, 'another user', [call('iam:AddUserToGroup', { userName: 'bob', groupName: 'admins' })]],
    [group, 'refused', [call('iam:AddUserToGroup', { userName: 'ann', groupName: 'admins' }, refused)]],
    [
      mfa,
      'given up while it was set up',
      [
        call(
          'iam:CreateVirtualMFADevice',
          { virtualMFADeviceName: 'bob' },
          answered({ virtualMFADevice: device }),
        ),
        call('iam:DeleteVirtualMFADevice', device),
      ],
    ],
    [mfa, 'enabled', [call('iam:EnableMFADevice', { userName: 'bob', ...device })]],
    [
      trustAnchor,
      'the own private authority',
      [
        anchor('AWS_ACM_PCA', {
          acmPcaArn: `arn:aws:acm-pca:eu-central-1:${account}:certificate-authority/1`,
        }),
      ],
    ],
    [
      trustAnchor,
      'another name',
      [
        call('rolesanywhere:UpdateTrustAnchor', {
          trustAnchorId: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
          name: 'x',
        }),
      ],
    ],
    [
      provider,
      'of a Kubernetes cluster',
      [call('iam:CreateOpenIDConnectProvider', { url: 'https://oidc.eks.eu-central-1.amazonaws.com/id/1' })],
    ],
    [provider, 'looked at', [call('iam:GetSAMLProvider', { sAMLProviderArn: 'x' })]],
    [federation, 'little', [call('sts:GetFederationToken', { name: 'shop', policy: little })]],
    [federation, 'no rights at all', [call('sts:GetFederationToken', { name: 'shop' })]],
  ],
}
