# A secret that is encrypted once, and read back from its ciphertext as a team would from a file in its repository.

locals {
  context = { purpose = "configuration" }
}

resource "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.secrets.key_id
  plaintext = "correct horse battery staple"
  context   = local.context
}

data "aws_kms_secrets" "password" {
  secret {
    name    = "password"
    payload = aws_kms_ciphertext.password.ciphertext_blob
    context = local.context
  }
}

output "password" {
  value     = data.aws_kms_secrets.password.plaintext["password"]
  sensitive = true
}

output "password_ciphertext" {
  value = aws_kms_ciphertext.password.ciphertext_blob
}
