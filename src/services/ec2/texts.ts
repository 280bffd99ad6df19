// The characters that EC2 allows. Source: EC2 API Reference, CreateSecurityGroup, GroupDescription; IpRange, Description.

export const groupNameForm = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/

export const groupDescriptionForm = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/

/** Of a rule: it may be empty. */
export const descriptionForm = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/
