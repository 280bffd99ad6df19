# Deleted keys wait for the shortest time that there is: a week.

resource "aws_kms_key" "secrets" {
  description             = "Secrets of team ${var.team}"
  enable_key_rotation     = true
  rotation_period_in_days = var.rotation_days
  deletion_window_in_days = 7
  tags                    = { team = var.team }
}

resource "aws_kms_alias" "secrets" {
  name          = "alias/example/secrets"
  target_key_id = aws_kms_key.secrets.key_id
}

resource "aws_kms_key" "releases" {
  description              = "Signs what is released"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = 7
  tags                     = { team = var.team }
}

resource "aws_kms_key" "sessions" {
  description              = "Authenticates sessions"
  key_usage                = "GENERATE_VERIFY_MAC"
  customer_master_key_spec = "HMAC_256"
  deletion_window_in_days  = 7
  tags                     = { team = var.team }
}

data "aws_kms_public_key" "releases" {
  key_id = aws_kms_key.releases.arn
}

output "secrets_key_arn" {
  value = aws_kms_key.secrets.arn
}

output "releases_public_key" {
  value = data.aws_kms_public_key.releases.public_key_pem
}
